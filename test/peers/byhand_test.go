package peers_test

import (
	"strings"
	"testing"
)

// TestByHandInAShell: in `docker run -it IMAGE sh` PID 1 is a shell, too, and
// drainit started there by hand says nothing of it; nor where a script without exec
// has left somebody in a shell. After 10 s it would have.
func TestByHandInAShell(t *testing.T) {
	t.Parallel()
	for name, argv := range installed(t, map[string][]string{
		"dash":             {"/bin/dash", "-i"},
		"bash":             {"/bin/bash", "--norc", "--noprofile", "-i"},
		"busybox":          {"/bin/busybox", "sh", "-i"},
		"bash in a script": {"/bin/dash", "-c", "bash --norc --noprofile -i; exit 3"},
	}) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shell := contender{name: "shell", path: argv[0]}
			if failed := try(t, shell, func(a *attempt) { byHand(a, argv[1:]) }); failed != "" {
				t.Error(failed)
			}
		})
	}
}

func byHand(a *attempt, flags []string) {
	term := a.openTerminal()
	term.run(spec{flags: map[string][]string{"shell": flags}})
	term.shows(prompt)
	term.press(binary + " sh -c 'echo sta''rted; sleep 11; echo do''ne'\n")
	term.shows("started")
	term.shows("done")
	if text := term.text(); strings.Contains(text, "signals end") {
		a.fail("a shell with somebody at it is told of: %s", text)
	}
}
