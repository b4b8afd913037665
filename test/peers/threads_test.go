package peers_test

import (
	"fmt"
	"sync"
	"syscall"
	"testing"
)

// holdEverySlot is a program whose user may have no more processes: its helper
// starts some until that fails, and is one itself then.
const holdEverySlot = `trap 'echo stopping; exit 5' TERM
	( trap 'echo full; exec sleep 1000' EXIT; while :; do sleep 1000 & done 2> /dev/null ) &
	while :; do wait; done`

// TestNoMoreProcesses: where no thread can be made any more (a cgroup's pids
// limit, RLIMIT_NPROC) the init does with those it has, whatever is asked of it
// meanwhile, and the stop works. Go's runtime ends a process that lacks one.
func TestNoMoreProcesses(t *testing.T) {
	t.Parallel()
	needRoot(t)
	const uid = 61739 // whom nobody else here runs as: the limit counts per user
	compare(t, func(a *attempt) {
		probes := freeAddr()
		p := a.start(spec{
			prepare: fmt.Sprintf("uid=%d nproc=60", uid),
			flags:   map[string][]string{"drainit": {"--probe-addr", probes, "--drain-delay", "500ms", "--drain-until", "idle", "--deadline", "20s"}},
			command: sh(holdEverySlot),
		})
		p.says("full")
		if a.is("drainit") {
			askMuch(a, probes)
		}
		p.signal(syscall.SIGTERM)
		if a.is("drainit") {
			askMuch(a, probes)
		}
		p.wantExit(5)
	})
}

// askMuch asks everything that can be asked, by many at once, while others hold
// connections open.
func askMuch(a *attempt, addr string) {
	slow := crowd{size: 300}
	a.onEnd(slow.leave)
	slow.enter(a, addr)
	paths := []string{"/metrics", "/readyz?verbose", "/drain", "/livez"}
	var all sync.WaitGroup
	for asker := range 24 {
		all.Go(func() {
			for n := range 60 {
				get(addr, paths[(asker+n)%len(paths)])
			}
		})
	}
	all.Wait()
}
