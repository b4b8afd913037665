package peers_test

import (
	"syscall"
	"testing"
)

// TestInitUnderInit: an image that has an init already, or is given a second
// one with docker run --init.
func TestInitUnderInit(t *testing.T) {
	t.Parallel()
	inner, ok := tini()
	if !ok {
		t.Log("tini is not installed: drainit in drainit alone")
	}
	trapping := sh("trap 'exit 5' TERM; echo ready; while :; do sleep 0.02; done")
	nestings := map[string][][]string{"drainit in drainit": {drainit().argv(nil, nil), drainit().argv(nil, trapping)}}
	if ok {
		nestings["tini in drainit"] = [][]string{drainit().argv(nil, nil), inner.argv(inner.adopt, trapping)}
		nestings["drainit in tini"] = [][]string{inner.argv(nil, nil), drainit().argv(nil, trapping)}
	}
	for name, argv := range nestings {
		for _, sig := range []syscall.Signal{0, syscall.SIGTERM, syscall.SIGINT} {
			outer := contender{name: name, path: argv[0][0]}
			if failed := try(t, outer, func(a *attempt) { nested(a, argv[1], sig) }); failed != "" {
				t.Errorf("%s: signal %d: %s", name, sig, failed)
			}
		}
	}
}

// nested stops one init under another, with ^C where sig is 0.
func nested(a *attempt, inner []string, sig syscall.Signal) {
	term := a.openTerminal()
	p := term.run(spec{command: inner})
	term.shows("ready")
	switch sig {
	case 0:
		term.press(interrupt)
		p.wantExit(130)
	case syscall.SIGINT: // the shell's default
		p.signal(sig)
		p.wantExit(130)
	default:
		p.signal(sig)
		p.wantExit(5)
	}
}

// TestNoHoldTwice: settings by variables reach both of two drainits, as does
// Kubernetes' own. The outer one holds, the inner one stops the program at once,
// as its own settings say, and the status comes through.
func TestNoHoldTwice(t *testing.T) {
	t.Parallel()
	for _, between := range [][]string{nil, {"/bin/sh", "-c", `"$@"; exit $?`, "sh"}} {
		alone(t, func(a *attempt) {
			inner := a.init.argv([]string{"--stop-signal", "SIGUSR2"}, sh("trap 'exit 5' USR2; trap 'exit 6' TERM; echo ready; while :; do sleep 0.02; done"))
			p := a.start(spec{env: append(kubernetes, "DRAINIT_DRAIN_DELAY=1s", "DRAINIT_GRACE_PERIOD=20s"), command: append(between, inner...)})
			p.says("ready")
			p.signal(syscall.SIGTERM)
			p.wantExit(5)
			p.logs(`hold=1s rule="as given"`)
			p.logs(`hold=0s rule="auto: another drainit holds"`)
		})
	}
}

// TestThreadDumpThroughTwo: the outer drainit knows the program, too: SIGQUIT is
// for a JVM to answer, and no stop.
func TestThreadDumpThroughTwo(t *testing.T) {
	t.Parallel()
	alone(t, func(a *attempt) {
		java := append([]string{"/bin/bash", "-c", `exec -a java "$@"`, "bash"}, role("signals")...)
		p := a.start(spec{command: a.init.argv(nil, java)})
		p.says("ready")
		p.signal(syscall.SIGQUIT)
		p.says("got 3")
		p.signal(syscall.SIGTERM)
		p.wantExit(0)
	})
}
