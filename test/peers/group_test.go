package peers_test

import (
	"strconv"
	"syscall"
	"testing"
)

// family is a program with a member of its process group: both say that they
// were told. The program waits in its handler, for the member or a moment, and
// has it before the member can say that both are ready.
func family(wait string) []string {
	return sh(`trap 'echo leader; ` + wait + `; exit 3' TERM
		(trap 'echo member; exit' TERM; echo ready; while :; do sleep 0.02; done) &
		while :; do sleep 0.02; done`)
}

// TestGroup: with the flag for it a signal reaches the whole group.
func TestGroup(t *testing.T) {
	t.Parallel()
	compare(t, func(a *attempt) {
		p := a.start(spec{group: true, command: family("wait")})
		p.says("ready")
		p.signal(syscall.SIGTERM)
		p.says("leader")
		p.says("member")
		p.wantExit(3)
	})
}

// TestChildAlone: without it, the child alone, as long as it runs.
func TestChildAlone(t *testing.T) {
	t.Parallel()
	compare(t, func(a *attempt) {
		p := a.start(spec{command: family("sleep 0.3")})
		p.says("ready")
		p.signal(syscall.SIGTERM)
		p.says("ready\nleader\n")
		p.wantExit(3)
	})
}

// TestChildLeadsItsGroup: so that --group never means the init's own.
func TestChildLeadsItsGroup(t *testing.T) {
	t.Parallel()
	for _, adopted := range []bool{false, true} {
		compare(t, func(a *attempt) {
			p := a.start(spec{adopted: adopted, command: []string{"sleep", "1000"}})
			child := p.below("sleep 1000")
			a.soon("the child leads a group of its own", func() bool {
				fields := stat(child)
				return fields != nil && fields[statPgrp] != stat(p.pid)[statPgrp] && leads(child)
			})
			p.signal(syscall.SIGTERM)
			p.wantExit(143)
		})
	}
}

// leads reports whether a process leads its group. Both numbers are of the
// reader's namespace.
func leads(pid int) bool {
	fields := stat(pid)
	return fields != nil && fields[statPgrp] == strconv.Itoa(pid)
}
