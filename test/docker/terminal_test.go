package docker_test

import "testing"

// What ^C and ^Z type.
const (
	interrupt = "\x03"
	suspend   = "\x1a"
)

// interactive returns the arguments of a docker run on a terminal. Such a
// container is removed when it ends, and with the rest if it does not.
func interactive(image string, flags []string, args ...string) []string {
	run := append([]string{"run", "--interactive", "--tty", "--rm", "--pull", "never", "--label", runLabel()}, flags...)
	return append(append(run, image), args...)
}

// On a terminal the program has the foreground, as it would without drainit,
// and ^C ends it with the status a shell gives it.
func TestInterruptOnATerminal(t *testing.T) {
	t.Parallel()
	term := dockerOnTerminal(t, interactive(image(t, scratchImage), hardened(), "/helper", "terminal")...)
	term.waitFor("in the foreground")
	term.waitFor("ready")
	term.press(interrupt)
	if got, want := term.exitStatus(), 130; got != want {
		t.Errorf("exit status %d after ^C, want %d", got, want)
	}
}

// A shell under drainit has job control: ^C ends its job and not the shell, ^Z
// stops it and fg continues it, and the container's status is the shell's.
func TestShellOnATerminal(t *testing.T) {
	t.Parallel()
	// A dumb terminal: the text without escape sequences in between.
	term := dockerOnTerminal(t, interactive(image(t, usersImage), []string{"--env", "TERM=dumb"}, "bash", "--norc")...)
	const prompt = "# "
	term.waitFor(prompt)
	// The terminal echoes what is typed, so that what is waited for is what sed
	// makes of it: it has the terminal and runs.
	term.press("sed -u s/typed/read/\n")
	term.press("typed 1\n")
	term.waitFor("read 1")
	term.press(suspend)
	term.waitFor("Stopped")
	term.waitFor(prompt)
	term.press("fg\n")
	term.waitFor("sed -u") // what fg says
	term.press("typed 2\n")
	term.waitFor("read 2")
	term.press(interrupt)
	term.waitFor(prompt)
	term.press("echo stat''us $?\n")
	term.waitFor("status 130")
	term.press("exit 7\n")
	if got, want := term.exitStatus(), 7; got != want {
		t.Errorf("exit status %d after exit 7, want %d", got, want)
	}
}
