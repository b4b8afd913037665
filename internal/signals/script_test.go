package signals

import "testing"

func TestEndsWithCommand(t *testing.T) {
	for script, want := range map[string]bool{
		"nginx":                              true,
		"nginx; exit 3":                      true,
		"nginx && exit 3 || exit $?":         true,
		"set -e\ncd /app\nnode server.js\n":  true,
		"A=1 B=2; nginx -g 'daemon off;'":    true,
		"nginx # the server\nexit $(($?+1))": true,
		`"$@"; exit $?`:                      true,
		"nginx; true; :":                     true,
		"nginx >log; exit 3":                 false,
		"nginx; echo":                        false,
		"nginx; exit 3; echo":                false,
		"a && b":                             false,
		"nginx & exit 3":                     false,
		"nginx | cat":                        false,
		"while :; do nginx; done":            false,
		"(nginx); exit 3":                    false,
		"{ nginx; }; exit":                   false,
		"exit $(nginx)":                      false,
		"nginx `x`":                          false,
		`nginx "$(x)"`:                       false,
		"nginx \\; echo":                     false,
		"trap x EXIT; nginx; exit 3":         false,
		"eval nginx; exit 3":                 false,
		". ./env; exit 3":                    false,
		"exec nginx":                         false,
		"$SERVER; exit 3":                    false,
		"nginx 'x":                           false,
		"":                                   false,
		"exit 3":                             false,
		"nginx ${x:-y}; exit":                false,
		"f() { x; }; nginx":                  false,
	} {
		if got := endsWithCommand(script, []string{"nginx"}); got != want {
			t.Errorf("%q: got %t", script, got)
		}
	}
	for _, arguments := range [][]string{nil, {"eval", "x; y"}, {"exec", "x"}} {
		if endsWithCommand(`"$@"; exit $?`, arguments) {
			t.Errorf("with the arguments %q something is left to do", arguments)
		}
	}
}

func TestHasTrap(t *testing.T) {
	for script, want := range map[string]bool{
		"trap x INT; nginx": true, "nginx\ntrap 'x' INT": true, "f(){ trap x INT;}": true, ". /lib.sh": true, "source x": true, `eval "$X"`: true, "": true,
		"nginx; echo": false, "mousetrap": false, "echo trapped": false, "./run": false,
	} {
		if got := hasTrap(script); got != want {
			t.Errorf("%q: got %t", script, got)
		}
	}
}

func TestScriptOf(t *testing.T) {
	for _, tt := range []struct {
		argv []string
		text string
		file string
	}{
		{[]string{"sh", "-c", "a; b", "sh", "x"}, "a; b", ""},
		{[]string{"bash", "-ec", "a"}, "a", ""},
		{[]string{"bash", "--norc", "-o", "pipefail", "-c", "a"}, "a", ""},
		{[]string{"bash", "+e", "/run.sh", "-c"}, "", "/run.sh"},
		{[]string{"sh", "--", "/run.sh"}, "", "/run.sh"},
		{[]string{"busybox", "sh", "-c", "a"}, "a", ""},
		{[]string{"-bash"}, "", ""},
		{[]string{"nginx", "-c", "x"}, "x", ""}, // of no shell nobody asks
	} {
		p := Process{Argv: tt.argv, Comm: "x"}
		if got := p.script(); got != tt.text {
			t.Errorf("%q: script %q, want %q", tt.argv, got, tt.text)
		}
		if got := p.ScriptFile(); got != tt.file {
			t.Errorf("%q: file %q, want %q", tt.argv, got, tt.file)
		}
	}
}

// FuzzScript: no text makes it fail, and one with a list or a loop in it leaves
// something to do.
func FuzzScript(f *testing.F) {
	f.Add("nginx; exit 3")
	f.Add("a $((1)) ${b} \"$?\" 'x' # y")
	f.Fuzz(func(t *testing.T, script string) {
		hasTrap(script)
		if !endsWithCommand(script, nil) {
			return
		}
		if endsWithCommand(script+"\necho", nil) {
			t.Errorf("%q with echo behind it leaves nothing to do", script)
		}
	})
}
