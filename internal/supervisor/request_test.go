package supervisor

import (
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"drainit/internal/drain"
	"drainit/internal/signals"
)

// TestAskingDelaysNothing: whatever is asked at a stop request may hang. T0 is when
// the signal came; readiness is red, the hold begins and peers are told then; and
// what is not known holds.
func TestAskingDelaysNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// It handles SIGHUP, so that nobody has to be looked for who does.
		b := newBench(t, drain.Settings{GracePeriod: 30 * time.Second}, signals.Process{Comm: "server", Caught: signals.MaskOf(syscall.SIGHUP)})
		hang := make(chan struct{})
		b.supervisor.view.listening = func() drain.Answer { <-hang; return drain.No }
		b.supervisor.view.evidence.ArrivalRate = func() float64 { <-hang; return 0 }
		b.fake.takes = time.Hour
		said := make(chan string, 10)
		b.supervisor.peers.Say = func(state string) { said <- time.Since(b.fake.start).String() + " " + state }
		b.start()
		time.Sleep(time.Second)
		synctest.Wait()
		b.signals <- syscall.SIGTERM
		synctest.Wait()
		rec, state := b.record()
		if b.gate.Green() || state != drain.Draining || time.Since(rec.T0) != 0 {
			t.Errorf("green %t, %v, T0 %v ago; want a drain that has begun", b.gate.Green(), state, time.Since(rec.T0))
		}
		if got := <-said; got != "1s draining" {
			t.Errorf("told peers %q, want that it drains, at once", got)
		}
		b.signals <- syscall.SIGHUP // is passed on meanwhile
		time.Sleep(249 * time.Millisecond)
		synctest.Wait()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		close(hang)
		b.exits(0)
		// The hold ends at 6s; the look at who gets the signal has a second.
		b.wantDid(t, "1s SIGHUP to 7", "7s SIGTERM to 7", "7s SIGCONT to 7")
		if got := b.log.String(); !strings.Contains(got, `hold=5s rule="auto: a grace period is given"`) {
			t.Errorf("want the hold that holds where nothing is known, in the log:\n%s", got)
		}
	})
}

// TestSlowLookAtASignal: T0 of a signal that is one only for the program that runs
// is when it was received, what came after it stays behind it, and a stop for sure
// waits for neither.
func TestSlowLookAtASignal(t *testing.T) {
	nginx := signals.Process{Comm: "nginx", Argv: []string{"nginx: master process nginx"}, Caught: signals.MaskOf(syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGHUP)}
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{Delay: 5 * time.Second, DelayGiven: true}, nginx)
		b.fake.takes = 200 * time.Millisecond
		b.start()
		b.signals <- syscall.SIGQUIT
		b.signals <- syscall.SIGHUP
		time.Sleep(250 * time.Millisecond)
		synctest.Wait()
		rec, _ := b.record()
		if got := rec.T0.Sub(b.fake.start); got != 0 || b.gate.Green() {
			t.Errorf("T0 %v after the signal, green %t; want 0s", got, b.gate.Green())
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		b.exits(0)
		b.wantDid(t, "200ms SIGHUP to 7", "5.2s SIGQUIT to 7", "5.2s SIGCONT to 7")
	})
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{Delay: time.Second, DelayGiven: true}, nginx)
		b.fake.takes = 200 * time.Millisecond
		b.start()
		b.signals <- syscall.SIGUSR1 // which it catches
		b.signals <- syscall.SIGHUP
		time.Sleep(50 * time.Millisecond)
		synctest.Wait()
		b.signals <- syscall.SIGTERM
		synctest.Wait()
		rec, _ := b.record()
		if got := rec.T0.Sub(b.fake.start); got != 50*time.Millisecond {
			t.Errorf("T0 %v, want 50ms: that of SIGTERM", got)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		b.exits(0)
		b.wantDid(t, "200ms SIGUSR1 to 7", "200ms SIGHUP to 7", "1.25s SIGQUIT to 7", "1.25s SIGCONT to 7")
	})
}

// TestForkingShell: one that waits in vfork(2) blocks every signal until its child has
// executed a file, which takes as long as a busy machine does; it has not asked for them.
func TestForkingShell(t *testing.T) {
	for _, tt := range []struct {
		comm string
		want string // is done with SIGUSR1
	}{{"sh", "1.102s SIGTERM to 7"}, {"server", "1.006s SIGUSR1 to 7"}} {
		synctest.Test(t, func(t *testing.T) {
			all := ^signals.Mask(0)
			b := newBench(t, drain.Settings{}, signals.Process{Comm: tt.comm, Argv: []string{tt.comm}, Blocked: all})
			b.start()
			time.Sleep(time.Second)
			b.signals <- syscall.SIGUSR1
			time.Sleep(100 * time.Millisecond)
			b.fake.mu.Lock()
			b.fake.process.Blocked, b.fake.process.Caught = 0, signals.MaskOf(syscall.SIGTERM)
			b.fake.mu.Unlock()
			time.Sleep(time.Second)
			synctest.Wait()
			b.exits(0)
			if b.fake.did[0] != tt.want {
				t.Errorf("%s: did %q, want %q first", tt.comm, b.fake.did, tt.want)
			}
		})
	}
}
