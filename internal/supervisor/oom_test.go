package supervisor

import (
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/drain"
	"drainit/internal/process"
	"drainit/internal/signals"
)

// death is of processes that are reaped together, with the count as it is by then.
type death struct {
	pids  []int // of which 7 is the child
	kills int
	soon  bool // after the one before; else an hour
}

// TestOutOfMemory: it is said where the count rose at the child's death, and with
// a grain of salt where another process may be the one that was counted.
func TestOutOfMemory(t *testing.T) {
	const sigkill = unix.WaitStatus(unix.SIGKILL)
	const ownPID = 11
	const not = `msg="child killed by a SIGKILL that drainit did not send"`
	for _, tt := range []struct {
		name   string
		before int // when drainit began
		alone  bool
		deaths []death
		want   string
	}{
		{"the child, which was alone", 2, true, []death{{[]int{childPID}, 3, false}}, `level=ERROR msg="child killed: out of memory" oom_kills=1 within=1h0m0s remedy=`},
		{"not", 2, true, []death{{[]int{childPID}, 2, false}}, not + " oom_kills_earlier=0\n"},
		{"a helper, hours ago", 0, false, []death{{[]int{9}, 1, false}, {[]int{childPID}, 1, false}}, not + " oom_kills_earlier=1\n"},
		{"one of drainit's own, hours ago", 0, true, []death{{[]int{ownPID}, 1, false}, {[]int{childPID}, 1, false}}, not + " oom_kills_earlier=1\n"},
		{"one of drainit's own, and the child, which is dying", 0, true, []death{{[]int{ownPID}, 2, false}, {[]int{childPID}, 2, true}},
			`level=ERROR msg="child killed: out of memory" oom_kills=1 within=1s`},
		{"one of drainit's own, and somebody unseen, hours ago", 0, true, []death{{[]int{ownPID}, 2, false}, {[]int{childPID}, 2, false}}, not + " oom_kills_earlier=2\n"},
		{"a helper, and then the child", 0, false, []death{{[]int{9}, 1, false}, {[]int{childPID}, 2, false}},
			`msg="child killed, perhaps out of memory" oom_kills=1 within=1h0m0s killed=1 `},
		{"both at once", 0, false, []death{{[]int{9, childPID}, 2, false}}, `msg="child killed, perhaps out of memory" oom_kills=2`},
		{"one of two at once", 0, false, []death{{[]int{childPID, 9}, 1, false}},
			`msg="child killed, perhaps out of memory" oom_kills=1 within=1h0m0s killed=2 `},
		{"one that nobody saw, hours ago", 0, false, []death{{[]int{childPID}, 1, false}}, `msg="child killed, perhaps out of memory"`},
		{"an orphan, seen before", 0, true, []death{{[]int{9}, 0, false}, {[]int{childPID}, 1, false}}, `msg="child killed, perhaps out of memory"`},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, drain.Settings{}, signals.Process{Comm: "app"})
			count := tt.before
			b.host.oomKills = func() (int, bool) { return count, true }
			b.fake.alone = tt.alone
			b.own = process.NewOwn()
			b.own.Pids[ownPID] = true
			var ended []int
			b.host.reap = func(tell func(int, unix.WaitStatus)) bool {
				none := false
				for _, pid := range ended {
					tell(pid, sigkill)
					none = none || pid == childPID
				}
				ended = nil
				return none
			}
			b.end.oom.begin(b.host.oomKills)
			b.start()
			for _, d := range tt.deaths {
				if d.soon {
					time.Sleep(time.Second)
				} else {
					time.Sleep(time.Hour)
				}
				count, ended = d.kills, d.pids
				b.sigchld <- syscall.SIGCHLD
				synctest.Wait()
			}
			<-b.done
			if text := b.log.String(); !strings.Contains(text, tt.want) {
				t.Errorf("%s: no %s in\n%s", tt.name, tt.want, text)
			}
		})
	}
}
