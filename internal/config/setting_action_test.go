package config

import (
	"strings"
	"testing"
)

func TestActionsThatAreNone(t *testing.T) {
	for in, want := range map[string]string{
		"KILL":                    "SIGKILL is sent only at a limit",
		"STOP":                    "SIGSTOP suspends",
		"exec:/bin/true":          "no action; write a signal such as USR1, post:URL, put:URL, write:PATH:TEXT, or none",
		" \n ":                    "no action",
		"http://127.0.0.1/quit":   "did you mean post:http://… or put:http://…?",
		"post:127.0.0.1:80/quit":  "post: missing scheme; did you mean http://127.0.0.1:80/quit?",
		"post:https://127.0.0.1/": `post: scheme "https": only http is accepted`,
		"post:":                   "post: missing scheme",
		"put:/v1/agent":           "put: missing scheme, address and port; write http://127.0.0.1:PORT/v1/agent",
		"delete:http://h/":        "no action",
		"post:http://h/ {}":       "post: a space, which no URL has; write %20 for it, or body:TEXT behind it for a body",
		"put:http://h/?a b":       "put: a space, which no URL has",
		"put:http://h/ body:":     "put: no text behind body:; leave body: out for none",
		"put:http://h/ body:" + strings.Repeat("x", 4097): "put: 4097 bytes of body; 4096 are allowed",
		"write:run/app.fifo:q":                            "write: not a path from /",
		"write:/run/app.fifo":                             "write: nothing to write; put a text behind the path: /run/app.fifo:q",
		"USR1\nnone":                                      "none stands alone",
		"USR1\nKILL\nfoo":                                 "SIGKILL is sent only at a limit: set --deadline\nno action",
	} {
		if got, err := parseActions(in); err == nil || !strings.Contains(err.Error(), want) || got != nil {
			t.Errorf("%q: got %q, error %v, want one that says %q", in, Texts(got), err, want)
		}
	}
}

// A flag may be repeated; a variable has a line each; and none takes them back.
func TestActionsAreRepeated(t *testing.T) {
	c := mustParse(t, []string{"--at-stop", "USR1", "--at-stop=write:/x:a:b", "x"}, []string{"DRAINIT_AT_STOP=HUP", "DRAINIT_AT_DRAIN=\nTSTP\npost:http://[::1]:1/a?b body:c:d\nput:http://h/e\n"})
	if got, want := strings.Join(Texts(c.AtStop), " "), "SIGUSR1 write:/x"; got != want {
		t.Errorf("got at-stop actions %q, want %q", got, want)
	}
	if got, want := strings.Join(Texts(c.AtDrain), " "), "SIGTSTP post:http://[::1]:1/a put:http://h/e"; got != want {
		t.Errorf("got at-drain actions %q, want %q", got, want)
	}
	if !c.Plan.AtDrain || !c.Plan.AtStop {
		t.Errorf("the plan knows of no actions: %+v", c.Plan)
	}
	if c := mustParse(t, []string{"--at-stop=none", "x"}, []string{"DRAINIT_AT_STOP=HUP"}); c.AtStop != nil || c.Plan.AtStop {
		t.Errorf("none is %q", Texts(c.AtStop))
	}
}

// What is wrong is said without what may be secret.
func TestActionsWithoutSecrets(t *testing.T) {
	args := []string{"--at-stop", "write:/x:secret\\t", "--at-drain", "post:http://user:secret@h/?secret", "--at-drain", "write:x:secret", "--at-drain", "put:http://h/ body:" + strings.Repeat("secret", 1000), "x"}
	_, _, err := Parse(args, nil)
	if err == nil || strings.Contains(err.Error(), "secret") || strings.Count(err.Error(), "\n") != 3 {
		t.Errorf("got %v, want four problems and no secret", err)
	}
}

func TestNoneNeedsAnAction(t *testing.T) {
	_, _, err := Parse([]string{"--stop-signal", "none", "--at-drain", "TSTP", "x"}, nil)
	if err == nil || !strings.Contains(err.Error(), `--stop-signal "none": nothing would stop the program; add what does, such as --at-stop`) {
		t.Errorf("got %v", err)
	}
	mustParse(t, []string{"--stop-signal", "none", "--at-stop", "write:/run/app.fifo:q", "x"}, nil)
}

func FuzzActions(f *testing.F) {
	for _, s := range []string{"none", "USR1", "post:http://127.0.0.1:1/x?y", "write:/run/app.fifo:q", "USR1\nwrite:/a:b\\n", "put:http://h/ body:{}", "post:", ":", "\n", "9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		actions, err := parseActions(s)
		if (err != nil || s == "none") != (actions == nil) {
			t.Fatalf("parseActions(%q) = %q, %v", s, Texts(actions), err)
		}
		for _, a := range actions {
			if (a.Signal == 0) == (a.Run == nil) || a.Text == "" || a.Signal == 9 || a.Signal == 19 {
				t.Errorf("parseActions(%q) has %+v", s, a)
			}
		}
	})
}
