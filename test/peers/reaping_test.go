package peers_test

import (
	"fmt"
	"syscall"
	"testing"
)

// orphans returns the script of a program that leaves n processes to the init,
// which end at once.
func orphans(n int, then string) string {
	return fmt.Sprintf("i=0; while [ $i -lt %d ]; do (true &); i=$((i+1)); done; %s", n, then)
}

// TestOrphansAreReaped makes the zombies visible first, by stopping the init: a
// count that could not see them could not fail.
func TestOrphansAreReaped(t *testing.T) {
	t.Parallel()
	for _, adopted := range []bool{false, true} {
		compare(t, func(a *attempt) {
			p := a.start(spec{adopted: adopted, command: sh("echo ready; read go < /dev/null; sleep 0.5; " + orphans(100, "echo made; exec sleep 1000"))})
			p.says("ready")
			p.signal(syscall.SIGSTOP)
			p.says("made")
			a.soon("zombies pile up", func() bool { return p.zombies() >= 90 })
			p.signal(syscall.SIGCONT)
			a.soon("no zombie is left", func() bool { return p.zombies() == 0 })
			p.below("sleep 1000")
			p.signal(syscall.SIGTERM)
			p.wantExit(143)
		})
	}
}

// TestStatusAmongOrphans: the child's status is not lost among theirs.
func TestStatusAmongOrphans(t *testing.T) {
	t.Parallel()
	for round := range 10 {
		compare(t, func(a *attempt) {
			a.start(spec{command: sh(orphans(20, fmt.Sprintf("exit %d", 30+round)))}).wantExit(30 + round)
		})
	}
}

// TestChildThatEndsAtOnce: before the init has looked.
func TestChildThatEndsAtOnce(t *testing.T) {
	t.Parallel()
	rounds := 30
	if testing.Short() {
		rounds = 5
	}
	for range rounds {
		compare(t, func(a *attempt) { a.start(spec{command: []string{"true"}}).wantExit(0) })
	}
}

// TestOrphansInFlood: while orphans end by the thousand a signal still arrives.
func TestOrphansInFlood(t *testing.T) {
	t.Parallel()
	compare(t, func(a *attempt) {
		p := a.start(spec{command: sh("trap 'kill $flood; exit 5' TERM; trap 'echo got HUP' HUP; (trap '' HUP; while :; do (true &); done) & flood=$!; echo ready; while :; do wait $flood; done")})
		p.says("ready")
		p.signal(syscall.SIGHUP)
		p.says("got HUP")
		p.signal(syscall.SIGTERM)
		p.wantExit(5)
	})
}
