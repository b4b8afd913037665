package supervisor

import (
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/config"
	"drainit/internal/drain"
	"drainit/internal/signals"
)

func (b *bench) wantSurvived(t *testing.T, times int) {
	t.Helper()
	if got := strings.Count(b.log.String(), `level=ERROR msg="internal error, going on"`); got != times {
		t.Errorf("%d mistakes survived, want %d; log:\n%s", got, times, b.log)
	}
}

// A mistake in one deed does not cost the others of the same instant; least of
// all the exit, without which PID 1 would stay for ever.
func TestSurvivesInTheLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{}, signals.Process{Comm: "server"})
		b.supervisor.host.oomKills = func() (int, bool) { panic("a mistake") }
		b.start()
		b.exits(9)
		if b.status != 137 {
			t.Errorf("left with %d, want 137", b.status)
		}
		b.wantSurvived(t, 1)
	})
}

// The child may have ended before the loop begins.
func TestSurvivesBeforeTheLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{}, signals.Process{Comm: "server"})
		reap := b.supervisor.host.reap
		once := false
		b.supervisor.host.reap = func(ended func(int, unix.WaitStatus)) bool {
			if !once {
				once = true
				panic("a mistake")
			}
			return reap(ended)
		}
		b.start()
		b.exits(3 << 8)
		if b.status != 3 {
			t.Errorf("left with %d, want 3", b.status)
		}
		b.wantSurvived(t, 1)
	})
}

// What runs beside the loop must not end drainit either.
func TestSurvivesBesideTheLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := acting(t, drain.Settings{}, nil, []config.Action{{Text: "bad", Run: func(time.Duration) error { panic("a mistake") }}})
		b.supervisor.host.tree = func(int, time.Duration) signals.Tree { panic("a mistake") }
		b.start()
		b.signals <- syscall.SIGHUP // noteReload looks
		synctest.Wait()
		b.wantSurvived(t, 1)
		b.supervisor.host.tree = b.fake.host().tree
		b.signals <- syscall.SIGTERM
		synctest.Wait()
		b.wantSurvived(t, 2)
		b.wantCounts(t, 0, 0, 0, 1)
		b.exits(0)
		b.wantDid(t, "0s SIGHUP to 7", "0s SIGTERM to 7", "0s SIGCONT to 7")
	})
}

// A look that fails costs what it would have told: not the stop, nor another
// signal.
func TestSurvivesLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{GracePeriod: 30 * time.Second}, signals.Process{Comm: "server"})
		b.supervisor.host.tree = func(int, time.Duration) signals.Tree { panic("a mistake") }
		b.supervisor.view.listening = func() drain.Answer { panic("a mistake") }
		b.supervisor.view.evidence.Stopping = func() { panic("a mistake") }
		b.supervisor.view.evidence.Cut = func(bool) drain.Cut { panic("a mistake") }
		b.start()
		b.signals <- syscall.SIGWINCH // a stop request of some programs
		b.signals <- syscall.SIGTERM
		time.Sleep(10 * time.Second)
		b.exits(0)
		b.wantDid(t, "0s SIGWINCH to 7", "5s SIGTERM to 7", "5s SIGCONT to 7")
	})
}

// Where SIGTERM is no stop request it stays one that is passed on.
func TestSurvivesLooksWithStopOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{}, signals.Process{Comm: "server"})
		b.cfg.StopOn, _ = signals.ParseStopOn("HUP")
		b.cfg.StopSignal, _ = signals.ParseStopSignal("QUIT", nil)
		b.supervisor.host.tree = func(int, time.Duration) signals.Tree { panic("a mistake") }
		b.start()
		b.signals <- syscall.SIGTERM
		synctest.Wait()
		b.signals <- syscall.SIGHUP
		synctest.Wait()
		b.exits(0)
		b.wantDid(t, "0s SIGTERM to 7", "0s SIGQUIT to 7", "0s SIGCONT to 7")
	})
}
