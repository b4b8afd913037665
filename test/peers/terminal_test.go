package peers_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

const prompt = "prompt> "

// bash returns an interactive shell with job control and nothing of its owner's.
func bash() []string { return []string{"bash", "--norc", "--noprofile", "-i"} }

// TestExitStatusOfATypedExit: what is typed reaches the child, which may read
// the terminal without being stopped.
func TestExitStatusOfATypedExit(t *testing.T) {
	t.Parallel()
	compare(t, func(a *attempt) {
		term := a.openTerminal()
		p := term.run(spec{command: []string{"sh", "-i"}})
		term.shows(prompt)
		term.press("exit 7\n")
		p.wantExit(7)
	})
}

// TestInterruptEndsTheProgram: ^C ends a program that does not handle it, and
// the status is what a shell gives it.
func TestInterruptEndsTheProgram(t *testing.T) {
	t.Parallel()
	compare(t, func(a *attempt) {
		term := a.openTerminal()
		p := term.run(spec{command: sh("echo ready; exec sleep 1000")})
		term.shows("ready")
		p.below("sleep 1000")
		term.press(interrupt)
		p.wantExit(130)
	})
}

// TestInterruptArrivesOnce: ^C goes to the foreground group alone, and the init
// is not in it: a program that takes a second one for "now" gets one.
func TestInterruptArrivesOnce(t *testing.T) {
	t.Parallel()
	compare(t, func(a *attempt) {
		term := a.openTerminal()
		p := term.run(spec{command: role("signals")})
		term.shows("ready")
		term.press(interrupt)
		term.shows("got 2")
		p.signal(syscall.SIGUSR2) // caught, so passed on
		term.shows("got 12")
		p.signal(syscall.SIGTERM)
		term.shows("got 15")
		p.wantExit(0)
		if n := strings.Count(term.text(), "got 2\r"); n != 1 {
			a.fail("the child got ^C %d times", n)
		}
	})
}

// TestJobControl: an interactive shell stops, lists and continues its jobs, ^C
// ends them and neither the shell nor the init.
func TestJobControl(t *testing.T) {
	t.Parallel()
	compare(t, func(a *attempt) {
		term := a.openTerminal()
		p := term.run(spec{command: bash()})
		term.shows(prompt)
		term.press("sleep 1000\n")
		p.below("sleep 1000")
		term.press(suspend)
		term.shows("Stopped")
		term.shows(prompt)
		term.press("jobs\n")
		term.shows("Stopped")
		term.shows(prompt)
		term.press("fg\n")
		term.shows("sleep 1000")
		p.within("the job runs again", func() bool { return state(p.below("sleep 1000")) == "S" })
		term.press(interrupt)
		term.shows(prompt)
		term.press("echo stat''us $?\n")
		term.shows("status 130")
		term.shows(prompt)
		term.press(interrupt) // at the prompt it ends nobody
		term.shows(prompt)
		term.press("sleep 2000 & echo back''ground\n")
		term.shows("background")
		term.press("kill -STOP %1; wait -n %1 2> /dev/null; jobs; kill -CONT %1; kill %1\n")
		term.shows("Stopped")
		term.press("exit 7\n")
		term.shows("exit")
		term.press("exit 7\n") // where the shell warned of stopped jobs
		p.wantExit(7)
	})
}

// TestWritingWithTOSTOP: a terminal that stops background writers does not stop
// the child, nor an init that logs to it, whether it has the session to itself
// or is a shell's job.
func TestWritingWithTOSTOP(t *testing.T) {
	t.Parallel()
	for _, job := range []bool{false, true} {
		compare(t, func(a *attempt) {
			term := a.openTerminal()
			term.change(unix.TOSTOP, 0)
			s := spec{
				flags:   map[string][]string{"tini": {"-vvv"}, "drainit": {"--drain-delay", "300ms"}},
				command: sh("trap 'echo stopping; exit 3' TERM; echo ready; while :; do sleep 0.05; done"),
			}
			if job {
				s.adopted, s.prepare = true, "job"
			}
			p := term.run(s)
			term.shows("ready")
			p.signal(syscall.SIGTERM)
			term.shows("stopping")
			p.wantExit(3)
		})
	}
}

// TestWritingInTheBackgroundWithTOSTOP: an init that is no terminal's foreground
// logs nevertheless, and does not spend its time on trying. The child, which is
// to be stopped for writing as it would be without an init, says that it minds
// not.
func TestWritingInTheBackgroundWithTOSTOP(t *testing.T) {
	t.Parallel()
	compare(t, func(a *attempt) {
		term := a.openTerminal()
		term.change(unix.TOSTOP, 0)
		p := term.run(spec{
			adopted: true, prepare: "background",
			flags:   map[string][]string{"tini": {"-vvv"}, "drainit": {"--drain-delay", "1s"}},
			command: sh("trap '' TTOU; trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done"),
		})
		term.shows("ready")
		p.signal(syscall.SIGTERM)
		if a.is("drainit") {
			term.shows("stop requested")
		}
		p.wantExit(3)
	})
}

// TestSignalsOfATerminalWithoutOne: who has no terminal may mean something else
// by them, as Gunicorn does: a worker more or less.
func TestSignalsOfATerminalWithoutOne(t *testing.T) {
	t.Parallel()
	alone(t, func(a *attempt) {
		p := a.start(spec{command: role("signals")})
		p.says("ready")
		p.settled()
		for _, sig := range []syscall.Signal{syscall.SIGTTIN, syscall.SIGTTOU} {
			p.signal(sig)
			p.says(fmt.Sprintf("got %d\n", sig))
		}
	})
}

// TestTerminalElsewhere: with standard input from somewhere else the terminal
// is still the controlling one. ^C ends the program, which may write.
func TestTerminalElsewhere(t *testing.T) {
	t.Parallel()
	compare(t, func(a *attempt) {
		term := a.openTerminal()
		p := term.run(spec{prepare: "stdin=none", command: sh("echo ready; exec sleep 1000")})
		term.shows("ready")
		p.below("sleep 1000")
		term.press(interrupt)
		p.wantExit(130)
	})
}

// TestChildHasTheForeground: the child leads a group of its own, and that is
// the terminal's foreground group.
func TestChildHasTheForeground(t *testing.T) {
	t.Parallel()
	for _, adopted := range []bool{false, true} {
		compare(t, func(a *attempt) {
			term := a.openTerminal()
			p := term.run(spec{adopted: adopted, command: sh("echo ready; exec sleep 1000")})
			term.shows("ready")
			child := p.below("sleep 1000")
			fields := stat(child)
			if fields == nil || fields[statPgrp] != fields[statTpgid] {
				a.fail("adopted %v: group %s of the child is not the foreground, %s", adopted, fields[statPgrp], fields[statTpgid])
			}
			if own := stat(p.pid); own[statPgrp] == fields[statPgrp] {
				a.fail("adopted %v: the init shares the child's group", adopted)
			}
		})
	}
}

// TestResize: the child hears of a new size once, since the init does not pass
// on what the kernel has sent to the foreground already.
func TestResize(t *testing.T) {
	t.Parallel()
	compare(t, func(a *attempt) {
		term := a.openTerminal()
		p := term.run(spec{command: role("signals")})
		term.shows("ready")
		term.resize(50, 132)
		term.shows("got 28")
		p.signal(syscall.SIGUSR2)
		term.shows("got 12")
		p.signal(syscall.SIGTERM)
		p.wantExit(0)
		if n := strings.Count(term.text(), "got 28"); n != 1 {
			a.fail("the child got SIGWINCH %d times", n)
		}
	})
}

// TestHangUp: when the terminal goes, the child gets SIGHUP and everything ends.
func TestHangUp(t *testing.T) {
	t.Parallel()
	for _, command := range [][]string{sh("echo ready; exec sleep 1000"), append(bash(), "-c", "echo ready; sleep 1000; :")} {
		compare(t, func(a *attempt) {
			term := a.openTerminal()
			p := term.run(spec{command: command})
			term.shows("ready")
			below := p.below("sleep 1000")
			term.hangUp()
			p.wantExit(129)
			p.within("the program is gone", func() bool { return !alive(below) })
		})
	}
}

// TestScriptWithoutInterpreterOnATerminal: the second try, with /bin/sh, has the
// foreground too, although the first had it already.
func TestScriptWithoutInterpreterOnATerminal(t *testing.T) {
	t.Parallel()
	compare(t, func(a *attempt) {
		term := a.openTerminal()
		p := term.run(spec{command: []string{script(a, "echo ready; read line; exit $line\n")}})
		term.shows("ready")
		term.press("5\n")
		p.wantExit(5)
	})
}

// TestBackgroundGroup: started in the background of a terminal, as a shell does
// with &, neither init nor child is stopped as long as they do not read, and
// the stop works.
func TestBackgroundGroup(t *testing.T) {
	t.Parallel()
	compare(t, func(a *attempt) {
		term := a.openTerminal()
		p := term.run(spec{adopted: true, prepare: "background",
			command: sh("trap 'echo stopping; exit 3' TERM; echo ready; while :; do sleep 0.05; done")})
		term.shows("ready")
		p.signal(syscall.SIGTERM)
		term.shows("stopping")
		p.wantExit(3)
	})
}
