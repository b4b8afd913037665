package supervisor

import (
	"errors"
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

// acting returns a bench with actions that take so long, and fail if they take
// longer than they may.
func acting(t *testing.T, settings drain.Settings, atDrain, atStop []config.Action) *bench {
	t.Helper()
	settings.AtDrain, settings.AtStop = atDrain != nil, atStop != nil
	b := newBench(t, settings, signals.Process{Comm: "server"})
	b.cfg.AtDrain, b.cfg.AtStop = atDrain, atStop
	b.actions = newActions(b.cfg)
	return b
}

func (b *bench) takes(d time.Duration, name string, err error) config.Action {
	return config.Action{Text: name, Run: func(time.Duration) error {
		b.fake.note("%s begins", name)
		time.Sleep(d)
		return err
	}}
}

func (b *bench) wantCounts(t *testing.T, drainDone, drainFailed, stopDone, stopFailed uint64) {
	t.Helper()
	got := b.actions.done
	if got.AtDrain.Done != drainDone || got.AtDrain.Failed != drainFailed || got.AtStop.Done != stopDone || got.AtStop.Failed != stopFailed {
		t.Errorf("counted %+v, want %d, %d, %d, %d", got, drainDone, drainFailed, stopDone, stopFailed)
	}
}

func TestInstantsOfActions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := acting(t, drain.Settings{GracePeriod: 30 * time.Second}, []config.Action{{Text: "SIGTSTP", Signal: syscall.SIGTSTP}}, []config.Action{})
		b.cfg.AtStop = []config.Action{b.takes(300*time.Millisecond, "first", nil), {Text: "SIGUSR1", Signal: syscall.SIGUSR1}, b.takes(100*time.Millisecond, "second", errors.New("refused"))}
		b.actions = newActions(b.cfg)
		b.start()
		b.signals <- syscall.SIGTERM
		time.Sleep(10 * time.Second)
		b.exits(0)
		b.wantDid(t, "0s SIGTSTP to 7", "5s first begins", "5.3s SIGUSR1 to 7", "5.3s second begins",
			"5.4s SIGTERM to 7", "5.4s SIGCONT to 7")
		b.wantCounts(t, 1, 0, 2, 1)
		if want := `level=WARN msg="action failed" at=stop action=second error=refused after=5.4s`; !strings.Contains(b.log.String(), want) {
			t.Errorf("log has no %q:\n%s", want, b.log)
		}
	})
}

// One that hangs has its share of the second, and costs neither the next one nor
// the stop signal more.
func TestActionThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := acting(t, drain.Settings{GracePeriod: 30 * time.Second}, nil, []config.Action{})
		b.cfg.AtStop = []config.Action{b.takes(time.Hour, "hangs", nil), b.takes(100*time.Millisecond, "works", nil), b.takes(2*time.Hour, "hangs too", nil)}
		b.actions = newActions(b.cfg)
		b.start()
		b.signals <- syscall.SIGTERM
		time.Sleep(10 * time.Second)
		b.exits(0)
		if len(b.fake.did) != 5 || b.fake.did[3] != "6s SIGTERM to 7" || !strings.HasSuffix(b.fake.did[2], "hangs too begins") {
			t.Errorf("got %q, want three beginnings, and the stop signal at 6s", b.fake.did)
		}
		b.wantCounts(t, 0, 0, 1, 2)
		time.Sleep(3 * time.Hour) // for those that hang to end
	})
}

// With a hold that is over sooner, at-drain actions make way for at-stop ones.
func TestActionsMakeWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := acting(t, drain.Settings{Delay: 200 * time.Millisecond, DelayGiven: true}, []config.Action{}, []config.Action{})
		b.cfg.AtDrain = []config.Action{b.takes(800*time.Millisecond, "slow", nil), b.takes(0, "never", nil)}
		b.cfg.AtStop = []config.Action{b.takes(0, "last", nil)}
		b.actions = newActions(b.cfg)
		b.start()
		b.signals <- syscall.SIGTERM
		time.Sleep(10 * time.Second)
		b.exits(0)
		b.wantDid(t, "0s slow begins", "200ms last begins", "200ms SIGTERM to 7", "200ms SIGCONT to 7")
		b.wantCounts(t, 0, 2, 1, 0)
	})
}

// Once the child has gone its PID may be a stranger's, and there is nobody to tell.
func TestActionsEndWithTheChild(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := acting(t, drain.Settings{GracePeriod: 30 * time.Second}, nil, []config.Action{})
		b.cfg.AtStop = []config.Action{b.takes(300*time.Millisecond, "shutdown", nil), {Text: "SIGUSR1", Signal: syscall.SIGUSR1}, b.takes(0, "never", nil)}
		b.actions = newActions(b.cfg)
		b.start()
		b.signals <- syscall.SIGTERM
		time.Sleep(5100 * time.Millisecond)
		synctest.Wait()
		b.fake.ended, b.fake.children = []unix.WaitStatus{0}, []int{99}
		b.sigchld <- syscall.SIGCHLD
		time.Sleep(time.Second)
		synctest.Wait()
		b.fake.children = nil
		b.sigchld <- syscall.SIGCHLD
		<-b.done
		b.wantDid(t, "5s shutdown begins", "5.1s SIGTERM to 99", "5.1s SIGCONT to 99")
		b.wantCounts(t, 0, 0, 1, 2)
	})
}

// A freeze past the deadline leaves actions no time, and the log says which were not done.
func TestActionsWithoutTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := acting(t, drain.Settings{GracePeriod: 30 * time.Second}, nil, []config.Action{})
		b.cfg.AtStop = []config.Action{b.takes(0, "first", nil), b.takes(0, "second", nil)}
		b.step(drain.StopRequest{Signal: drain.Signal(syscall.SIGTERM)})
		time.Sleep(time.Minute) // frozen
		b.step(drain.Woken{})
		b.wantDid(t, "1m0s SIGTERM to 7", "1m0s SIGCONT to 7", "1m0s SIGKILL to all")
		b.wantCounts(t, 0, 0, 0, 2)
		for _, one := range []string{"first", "second"} {
			want := `msg="action failed" at=stop action=` + one + ` error="given up: no time is left before the deadline"`
			if !strings.Contains(b.log.String(), want) {
				t.Errorf("log has no %q:\n%s", want, b.log)
			}
		}
	})
}

// The action is the stop; no signal is sent but SIGCONT.
func TestNoStopSignal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := acting(t, drain.Settings{GracePeriod: 30 * time.Second, StopSignalGiven: true}, nil, []config.Action{{Text: "SIGHUP", Signal: syscall.SIGHUP}})
		b.cfg.StopSignal, _ = signals.ParseStopSignal("none", nil)
		b.start()
		b.signals <- syscall.SIGTERM
		time.Sleep(29 * time.Second)
		b.exits(9)
		b.wantDid(t, "5s SIGHUP to 7", "5s SIGCONT to 7", "28s SIGKILL to all")
		for _, want := range []string{"will_send=none", `msg="stop left to the actions"`, "stop_signal=none"} {
			if !strings.Contains(b.log.String(), want) {
				t.Errorf("log has no %q:\n%s", want, b.log)
			}
		}
	})
}
