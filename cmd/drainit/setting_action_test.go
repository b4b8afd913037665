package main

import (
	"strings"
	"testing"
)

func TestActionsThatAreNone(t *testing.T) {
	for in, want := range map[string]string{
		"KILL":                    "SIGKILL is sent only at a limit",
		"STOP":                    "SIGSTOP suspends",
		"exec:/bin/true":          "no action; write a signal such as USR1, post:URL, write:PATH:TEXT, or none",
		" \n ":                    "no action",
		"http://127.0.0.1/quit":   "did you mean post:http://…?",
		"post:127.0.0.1:80/quit":  "post: missing scheme; did you mean http://127.0.0.1:80/quit?",
		"post:https://127.0.0.1/": `post: scheme "https": only http is accepted`,
		"post:":                   "post: missing scheme",
		"write:run/app.fifo:q":    "write: not a path from /",
		"write:/run/app.fifo":     "write: nothing to write; put a text behind the path: /run/app.fifo:q",
		"USR1\nnone":              "none stands alone",
		"USR1\nKILL\nfoo":         "SIGKILL is sent only at a limit: set --deadline\nno action",
	} {
		if got, err := parseActions(in); err == nil || !strings.Contains(err.Error(), want) || got != nil {
			t.Errorf("%q: got %q, error %v, want one that says %q", in, texts(got), err, want)
		}
	}
}

// A flag may be repeated; a variable has a line each; and none takes them back.
func TestActionsAreRepeated(t *testing.T) {
	c := mustParse(t, []string{"--at-stop", "USR1", "--at-stop=write:/x:a:b", "x"}, []string{"DRAINIT_AT_STOP=HUP", "DRAINIT_AT_DRAIN=\nTSTP\npost:http://[::1]:1/a?b\n"})
	if got, want := strings.Join(texts(c.AtStop), " "), "SIGUSR1 write:/x"; got != want {
		t.Errorf("got at-stop actions %q, want %q", got, want)
	}
	if got, want := strings.Join(texts(c.AtDrain), " "), "SIGTSTP post:http://[::1]:1/a"; got != want {
		t.Errorf("got at-drain actions %q, want %q", got, want)
	}
	if !c.Plan.AtDrain || !c.Plan.AtStop {
		t.Errorf("the plan knows of no actions: %+v", c.Plan)
	}
	if c := mustParse(t, []string{"--at-stop=none", "x"}, []string{"DRAINIT_AT_STOP=HUP"}); c.AtStop != nil || c.Plan.AtStop {
		t.Errorf("none is %q", texts(c.AtStop))
	}
}

// What is wrong is said without what may be secret.
func TestActionsWithoutSecrets(t *testing.T) {
	args := []string{"--at-stop", "write:/x:secret\\t", "--at-drain", "post:http://user:secret@h/?secret", "--at-drain", "write:x:secret", "x"}
	_, _, err := parse(args, nil)
	if err == nil || strings.Contains(err.Error(), "secret") || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("got %v, want three problems and no secret", err)
	}
}

func TestNoneNeedsAnAction(t *testing.T) {
	_, _, err := parse([]string{"--stop-signal", "none", "--at-drain", "TSTP", "x"}, nil)
	if err == nil || !strings.Contains(err.Error(), `--stop-signal "none": nothing would stop the program; add what does, such as --at-stop`) {
		t.Errorf("got %v", err)
	}
	mustParse(t, []string{"--stop-signal", "none", "--at-stop", "write:/run/app.fifo:q", "x"}, nil)
}

func FuzzActions(f *testing.F) {
	for _, s := range []string{"none", "USR1", "post:http://127.0.0.1:1/x?y", "write:/run/app.fifo:q", "USR1\nwrite:/a:b\\n", "post:", ":", "\n", "9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		actions, err := parseActions(s)
		if (err != nil || s == "none") != (actions == nil) {
			t.Fatalf("parseActions(%q) = %q, %v", s, texts(actions), err)
		}
		for _, a := range actions {
			if (a.signal == 0) == (a.run == nil) || a.text == "" || a.signal == 9 || a.signal == 19 {
				t.Errorf("parseActions(%q) has %+v", s, a)
			}
		}
	})
}
