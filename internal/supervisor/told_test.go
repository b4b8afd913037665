package supervisor

import (
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/drain"
	"drainit/internal/signals"
)

// What runs in these stories: a shell that has more to do, and servers.
func goingOn(children ...signals.Process) signals.Process {
	return signals.Process{Comm: "sh", Argv: []string{"sh", "-c", "a; b"}, Children: children}
}

func serverAt(pid int, name string, whom signals.Service) signals.Process {
	return signals.Process{PID: pid, Comm: name, Argv: []string{name}, Caught: signals.MaskOf(syscall.SIGQUIT, syscall.SIGTERM), Serves: whom}
}

const terminated = unix.WaitStatus(syscall.SIGTERM)

// ends has a process end, with what drainit has for children afterwards.
func (b *bench) ends(pid int, ws unix.WaitStatus, children ...int) {
	synctest.Wait()
	b.fake.endedPID, b.fake.ended, b.fake.children = pid, []unix.WaitStatus{ws}, children
	b.sigchld <- syscall.SIGCHLD
	synctest.Wait()
}

// TestShellLeavesItsServer: the shell is told first and ends of it; the server has
// its time, and its fast signal, and the status is the shell's.
func TestShellLeavesItsServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{GracePeriod: 20 * time.Second}, goingOn(serverAt(8, "nginx", signals.ServesOutside)))
		b.start()
		b.signals <- syscall.SIGTERM
		time.Sleep(6 * time.Second)
		b.ends(childPID, terminated, 8)
		if _, got := b.record(); got != drain.Stopping {
			t.Errorf("%v when the shell has gone, want stopping", got)
		}
		time.Sleep(11 * time.Second)
		b.signals <- syscall.SIGHUP
		b.ends(8, 0)
		<-b.done
		if b.status != 143 {
			t.Errorf("status %d, want the shell's 143", b.status)
		}
		b.wantDid(t,
			"5s SIGTERM to 7", "5s SIGCONT to 7", "5s SIGQUIT to 8", "5s SIGCONT to 8",
			"16s SIGTERM to 8", "17s SIGHUP to 8")
		for _, line := range []string{"program=sh pid=7 why=\"it would go on", "program=nginx pid=8", "stop_signal=SIGQUIT/11s/SIGTERM program=nginx"} {
			if !strings.Contains(b.log.String(), line) {
				t.Errorf("want %s in the log:\n%s", line, b.log)
			}
		}
	})
}

// TestDeadlineOfWhatServes: it is killed at the deadline as the program would be.
func TestDeadlineOfWhatServes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{GracePeriod: 10 * time.Second}, goingOn(serverAt(8, "server", signals.ServesOutside)))
		b.start()
		b.signals <- syscall.SIGTERM
		time.Sleep(3 * time.Second)
		b.ends(childPID, terminated, 8)
		time.Sleep(6 * time.Second)
		b.ends(8, unix.WaitStatus(syscall.SIGKILL))
		<-b.done
		if b.status != 137 {
			t.Errorf("status %d, want 137", b.status)
		}
		b.wantDid(t, "2.5s SIGTERM to 7", "2.5s SIGCONT to 7", "2.5s SIGTERM to 8", "2.5s SIGCONT to 8", "8s SIGKILL to all")
	})
}

// TestOneBehindTheOther: who serves inside is told when the one in front has gone, or
// when the reserve begins.
func TestOneBehindTheOther(t *testing.T) {
	for _, late := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, drain.Settings{GracePeriod: 20 * time.Second, DelayGiven: true},
				goingOn(serverAt(8, "app", signals.ServesInside), serverAt(9, "nginx", signals.ServesOutside)))
			b.start()
			b.signals <- syscall.SIGTERM
			b.ends(childPID, terminated, 8, 9)
			time.Sleep(3 * time.Second)
			want := []string{"0s SIGTERM to 7", "0s SIGCONT to 7", "0s SIGQUIT to 9", "0s SIGCONT to 9"}
			if late {
				time.Sleep(11 * time.Second)
				want = append(want, "13s SIGTERM to 8", "13s SIGCONT to 8")
			}
			b.ends(9, 0, 8)
			if !late {
				want = append(want, "3s SIGTERM to 8", "3s SIGCONT to 8")
			}
			b.ends(8, 0)
			<-b.done
			b.wantDid(t, want...)
		})
	}
}

// TestMakeIsSuspended: it gets its signal when what it runs has gone, and nobody's SIGCONT
// before.
func TestMakeIsSuspended(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{}, signals.Process{Comm: "make", Argv: []string{"make"}, Caught: signals.MaskOf(syscall.SIGTERM),
			Children: []signals.Process{serverAt(8, "nginx", signals.ServesOutside)}})
		b.fake.goneAfter = time.Second
		b.start()
		b.signals <- syscall.SIGTERM
		time.Sleep(time.Second / 2)
		b.signals <- syscall.SIGCONT
		time.Sleep(time.Second)
		b.exits(terminated)
		b.wantDid(t, "0s SIGSTOP to 7", "0s wait until 7 is stopped", "0s SIGQUIT to 8", "0s SIGCONT to 8", "1s SIGTERM to 7", "1s SIGCONT to 7")
	})
}

// TestChildBesideADaemon is left alone until that has gone.
func TestChildBesideADaemon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{}, signals.Process{Comm: "tail", Argv: []string{"tail", "-f", "log"}})
		b.fake.adopted = []signals.Process{serverAt(8, "nginx", signals.ServesOutside)}
		b.start()
		b.signals <- syscall.SIGTERM
		time.Sleep(time.Second)
		b.ends(8, 0, childPID)
		b.fake.endedPID = childPID
		b.exits(terminated)
		b.wantDid(t, "0s SIGQUIT to 8", "0s SIGCONT to 8", "1s SIGTERM to 7", "1s SIGCONT to 7")
	})
}

// TestTrapLeavesItsServer: what serves when a shell with a trap has ended is told, and
// waited for where a deadline bounds that; one that the trap has told is not told again.
func TestTrapLeavesItsServer(t *testing.T) {
	trap := signals.Process{Comm: "bash", Argv: []string{"bash", "/run.sh"}, Caught: signals.MaskOf(syscall.SIGTERM)}
	for _, test := range []struct {
		name     string
		settings drain.Settings
		after    signals.Service // what it serves when the trap has ended
		did      []string
		status   int
	}{
		{"not told", drain.Settings{GracePeriod: 20 * time.Second, DelayGiven: true}, signals.ServesOutside,
			[]string{"0s SIGTERM to 7", "0s SIGCONT to 7", "1.25s SIGQUIT to 8", "1.25s SIGCONT to 8"}, 0},
		{"told by the trap", drain.Settings{GracePeriod: 20 * time.Second, DelayGiven: true}, signals.ServesNobody,
			[]string{"0s SIGTERM to 7", "0s SIGCONT to 7"}, 0},
		{"no deadline", drain.Settings{}, signals.ServesOutside,
			[]string{"0s SIGTERM to 7", "0s SIGCONT to 7", "1s SIGQUIT to 8", "1s SIGCONT to 8"}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				root := trap
				root.Children = []signals.Process{serverAt(8, "nginx", signals.ServesOutside)}
				b := newBench(t, test.settings, root)
				b.start()
				b.signals <- syscall.SIGTERM
				time.Sleep(time.Second)
				synctest.Wait()
				b.fake.adopted = []signals.Process{serverAt(8, "nginx", test.after)}
				b.ends(childPID, 0, 8)
				if test.settings.GracePeriod > 0 {
					time.Sleep(5 * time.Second)
					b.ends(8, 0)
				}
				<-b.done
				b.fake.did = slices.DeleteFunc(b.fake.did, func(s string) bool { return strings.Contains(s, "SIGKILL") }) // many, for a second
				b.wantDid(t, test.did...)
			})
		})
	}
}

// TestReaderIsLeftAMoment: in the sweep who reads is told half a second after who
// wrote has gone.
func TestReaderIsLeftAMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{}, signals.Process{Comm: "server"})
		b.start()
		reader := signals.Process{PID: 9, Comm: "cat", Argv: []string{"cat"}, Reads: []int{8}}
		b.fake.adopted = []signals.Process{serverAt(8, "job", signals.ServesNobody), reader}
		b.ends(childPID, 0, 8, 9)
		time.Sleep(time.Second)
		synctest.Wait()
		reader.Reads = nil
		b.fake.adopted = []signals.Process{reader}
		b.ends(8, 0, 9)
		time.Sleep(700 * time.Millisecond)
		b.ends(9, 0)
		<-b.done
		b.wantDid(t, "0s SIGTERM to 8", "0s SIGCONT to 8", "1.5s SIGTERM to 9", "1.5s SIGCONT to 9")
	})
}

// TestForwardedToWhoHandlesIt says in the log what was done.
func TestForwardedToWhoHandlesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nginx := serverAt(8, "nginx", signals.ServesOutside)
		nginx.Caught |= signals.MaskOf(syscall.SIGHUP)
		b := newBench(t, drain.Settings{}, goingOn(nginx))
		b.fake.others = []signals.Process{nginx}
		b.start()
		b.signals <- syscall.SIGHUP
		synctest.Wait()
		b.exits(0)
		b.wantDid(t, "0s SIGHUP to 8")
		if n := strings.Count(b.log.String(), `msg="SIGHUP passed on" program=nginx pid=8`); n != 1 {
			t.Errorf("it is said %d times, want once:\n%s", n, b.log)
		}
	})
}

// TestNobodyIsTold: where the child has gone and left nobody, 0 is no PID to signal.
func TestNobodyIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{GracePeriod: 20 * time.Second}, signals.Process{Comm: "server"})
		b.end.ended = true
		b.fake.children = nil
		b.sendFirst()
		close(b.inbox.over)
		b.wantDid(t)
	})
}

// TestGivenSignalLeavesAServer: a stop signal that was given goes to the shell; what
// that leaves behind and serves has its own, and the time until the deadline.
func TestGivenSignalLeavesAServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, drain.Settings{GracePeriod: 20 * time.Second, DelayGiven: true, StopSignalGiven: true}, goingOn(serverAt(8, "nginx", signals.ServesOutside)))
		given, err := signals.ParseStopSignal("TERM", nil)
		if err != nil {
			t.Fatal(err)
		}
		b.supervisor.cfg.StopSignal = given
		b.start()
		b.signals <- syscall.SIGTERM
		synctest.Wait()
		b.fake.adopted = []signals.Process{serverAt(8, "nginx", signals.ServesOutside)}
		b.ends(childPID, terminated, 8)
		time.Sleep(10 * time.Second)
		b.ends(8, 0)
		<-b.done
		b.wantDid(t, "0s SIGTERM to 7", "0s SIGCONT to 7", "250ms SIGQUIT to 8", "250ms SIGCONT to 8")
	})
}

// TestAdoptedByAnotherInit: what a shell leaves behind may be an init's between it and
// drainit (tini -s) as soon as that shell was told. It is who it was, and is told; who has
// only its PID is not.
func TestAdoptedByAnotherInit(t *testing.T) {
	for _, stranger := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			inner, server := goingOn(), serverAt(9, "nginx", signals.ServesOutside)
			inner.PID, inner.Began, server.Began = 8, 1000, 1001
			inner.Children = []signals.Process{server}
			b := newBench(t, drain.Settings{}, goingOn(inner))
			b.fake.parents = map[int]int{8: 6, 9: 6}
			b.fake.began = map[int]uint64{8: 1000, 9: 1001}
			want := []string{"0s SIGTERM to 7", "0s SIGCONT to 7", "0s SIGTERM to 8", "0s SIGCONT to 8"}
			if stranger {
				b.fake.began[9]++
			} else {
				want = append(want, "0s SIGQUIT to 9", "0s SIGCONT to 9")
			}
			b.fake.goneAfter = time.Second
			b.start()
			b.signals <- syscall.SIGTERM
			time.Sleep(2 * time.Second)
			b.exits(terminated)
			b.wantDid(t, want...)
		})
	}
}
