package peers_test

import (
	"os"
	"strings"
	"syscall"
	"testing"
)

// interactive are shells with job control, and how they say that a job is stopped.
var interactive = map[string][]string{
	"dash":    {"/bin/dash", "-i"},
	"bash":    {"/bin/bash", "--norc", "--noprofile", "-i"},
	"busybox": {"/bin/busybox", "sh", "-i"},
}

// installed leaves the shells that are installed here. One that is not is skipped,
// and counted.
func installed(t *testing.T, shells map[string][]string) map[string][]string {
	t.Helper()
	here := map[string][]string{}
	for name, argv := range shells {
		if _, err := os.Stat(argv[0]); err != nil {
			t.Run("in "+name, func(t *testing.T) { t.Skip("a shell that is not installed: " + argv[0]) })
			continue
		}
		here[name] = argv
	}
	return here
}

// inShells plays a story at the prompt of each shell.
func inShells(t *testing.T, story func(a *attempt, term *terminal, p *process)) {
	t.Helper()
	for name, argv := range installed(t, interactive) {
		failed := try(t, contender{name: "shell", path: argv[0]}, func(a *attempt) {
			term := a.openTerminal()
			p := term.run(spec{flags: map[string][]string{"shell": argv[1:]}, env: []string{"D=" + binary}})
			term.shows(prompt)
			story(a, term, p)
		})
		if failed != "" {
			t.Errorf("%s: %s", name, failed)
		}
	}
}

// TestSuspendedJob: ^Z stops drainit with its program, the shell says so, and fg
// brings both back, with the terminal; so does bg without it.
func TestSuspendedJob(t *testing.T) {
	t.Parallel()
	inShells(t, func(a *attempt, term *terminal, p *process) {
		term.press("$D -- sh -c 'echo rea''dy; read line; echo got $line; exec sleep 1000'\n")
		term.shows("ready")
		for range 2 {
			child := p.below("sh -c echo")
			p.within("the program reads", func() bool { return state(child) == "S" })
			term.press(suspend)
			term.shows("Stopped")
			term.shows(prompt)
			if got := state(child); got != "T" {
				a.fail("the program's state is %q, want T", got)
			}
			term.press("fg\n")
			p.within("the program runs again", func() bool { return state(child) == "S" })
		}
		term.press("hello\n")
		term.shows("got hello")
		sleep := p.below("sleep 1000")
		term.press(suspend)
		term.shows("Stopped")
		term.shows(prompt)
		term.press("bg\n")
		p.within("the program runs in the background", func() bool { return state(sleep) == "S" })
		term.shows(prompt)
		term.press("fg\n")
		p.within("the job has the terminal", func() bool { // bash tells a job that runs nothing of it
			job, own := stat(sleep), stat(p.pid)
			return job != nil && job[statTpgid] != own[statPgrp]
		})
		term.press(interrupt)
		term.shows(prompt)
		term.press("echo stat''us $?\n")
		term.shows("status 130")
	})
}

// TestSuspendedWithoutAShell: where nobody would continue it drainit goes on, and its
// stop ends the program.
func TestSuspendedWithoutAShell(t *testing.T) {
	t.Parallel()
	for _, adopted := range []bool{false, true} {
		alone(t, func(a *attempt) {
			term := a.openTerminal()
			p := term.run(spec{adopted: adopted, command: sh("echo ready; exec sleep 1000")})
			term.shows("ready")
			child := p.below("sleep 1000")
			term.press(suspend)
			p.within("the program is stopped", func() bool { return state(child) == "T" })
			p.signal(syscall.SIGTERM)
			p.wantExit(143)
		})
	}
}

// TestJobFromTheBackground: a program started with & that wants to read is stopped,
// and reads once it is brought to the foreground.
func TestJobFromTheBackground(t *testing.T) {
	t.Parallel()
	inShells(t, func(a *attempt, term *terminal, p *process) {
		term.press("$D -- sh -c 'echo rea''dy; read line; echo got $line' &\n")
		term.shows("ready")
		child := p.below("sh -c echo")
		p.within("the program is stopped", func() bool { return state(child) == "T" })
		p.within("and drainit is", func() bool { return state(p.below(binary)) == "T" })
		p.within("and the shell knows it", func() bool { // bash continues no job that it takes to be running
			term.press("\n")
			return strings.Contains(term.text(), "Stopped")
		})
		term.press("fg\n")
		p.within("the program reads", func() bool { return state(child) == "S" })
		term.press("hello\n")
		term.shows("got hello")
	})
}

// TestReadsTheTerminalBesideItsInput: with standard input from elsewhere the program
// has the terminal when it wants it, and not before: the others of a pipeline may
// want it, too. In a script, and at a prompt.
func TestReadsTheTerminalBesideItsInput(t *testing.T) {
	t.Parallel()
	const reads = "true | $D -- sh -c 'read line </dev/tty; echo got $line'"
	const other = "true | $D -- sh -c 'echo on''e; exec sleep 1000' | sh -c 'read first; read line </dev/tty; echo $first got $line; kill -9 $$'"
	inShells(t, func(a *attempt, term *terminal, p *process) {
		term.press(reads + "\n")
		p.below("sh -c read line")
		term.press("hello\n")
		term.shows("got hello")
		term.shows(prompt)
		term.press(other + "\n")
		p.below("sleep 1000")
		term.press("hello\n")
		term.shows("one got hello")
	})
	alone(t, func(a *attempt) {
		term := a.openTerminal()
		a.init = contender{name: "sh", path: "/bin/sh"}
		p := term.run(spec{flags: map[string][]string{"sh": {"-c", reads + "; exit 7"}}, env: []string{"D=" + binary}})
		p.below("sh -c read line")
		term.press("hello\n")
		term.shows("got hello")
		p.wantExit(7)
	})
	alone(t, func(a *attempt) { // drainit as PID 1, with no input at all
		term := a.openTerminal()
		p := term.run(spec{prepare: "stdin=none", command: sh("read line </dev/tty; echo got $line; exit 7")})
		p.within("it waits", func() bool { return strings.HasPrefix(commandLine(p.pid), binary) })
		term.press("hello\n")
		term.shows("got hello")
		p.wantExit(7)
	})
}
