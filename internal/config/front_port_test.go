package config

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"drainit/internal/drain"
)

// from returns what chooses ports from one on.
func from(port uint16) func() (uint16, error) {
	return func() (uint16, error) {
		port++
		return port - 1, nil
	}
}

// TestWithPorts: what is chosen is the routes' without a target, and what the program is
// told.
func TestWithPorts(t *testing.T) {
	env := []string{"PORT=3000", "A=b", "PORT=3001", "PORTS=1"}
	for _, tt := range []struct{ args, routes, env, command string }{
		{"x {port}", "", "PORT=3000 A=b PORT=3001 PORTS=1", "x {port}"},
		{"--front :80=81 x", ":80=127.0.0.1:81", "PORT=3000 A=b PORT=3001 PORTS=1", "x"},
		{"--front :80=81 --expand x -p={port}", ":80=127.0.0.1:81", "PORT=3000 A=b PORT=3001 PORTS=1", "x -p=81"},
		{"--front :80 x {port}", ":80=localhost:7", "A=b PORTS=1 PORT=7", "x {port}"},
		{"--front :80 --expand {port} {port}:{port}", ":80=localhost:7", "A=b PORTS=1 PORT=7", "{port} 7:7"},
		{"--front :80 --front-port-variable A x", ":80=localhost:7", "PORT=3000 PORT=3001 PORTS=1 A=7", "x"},
		{"--front :80 --front :81=82 --front :83 --front-port-variable PORT,B x", ":80=localhost:7 :81=127.0.0.1:82 :83=localhost:8", "A=b PORTS=1 PORT=7 B=8", "x"},
	} {
		c := mustParse(t, strings.Fields(tt.args), []string{"DRAINIT_DEADLINE=9"})
		c, err := c.WithPorts(from(7))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(RouteTexts(c.Front), " "); got != tt.routes {
			t.Errorf("%s: got the routes %s, want %s", tt.args, got, tt.routes)
		}
		c.Plan = drain.Plan{} // in which there is nothing that would be told, too
		if got := strings.Join(c.Env(env), " "); got != tt.env {
			t.Errorf("%s: got the environment %s, want %s", tt.args, got, tt.env)
		}
		if got := strings.Join(c.Command, " "); got != tt.command {
			t.Errorf("%s: got the command %s, want %s", tt.args, got, tt.command)
		}
	}
}

func TestWithoutPorts(t *testing.T) {
	c := mustParse(t, []string{"--front", ":80", "--grace-period", "9", "x"}, nil)
	_, err := c.WithPorts(func() (uint16, error) { return 0, errors.New("none") })
	const want = `--front ":80": no port can be chosen for the program: none; write one, as --front :80=127.0.0.1:8081 (DRAINIT_FRONT)`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestIsNamed: no port is chosen that is somebody's by a setting.
func TestIsNamed(t *testing.T) {
	c := mustParse(t, strings.Fields("--front :80 --front :81=82 --front :83=[::1]:84 --ports 85,86 --probe-addr :87 --grace-period 9 x"), nil)
	var named []uint16
	for port := range uint16(100) {
		if port > 0 && c.IsNamed(port) {
			named = append(named, port)
		}
	}
	if want := []uint16{80, 81, 82, 83, 84, 85, 86, 87}; !slices.Equal(named, want) {
		t.Errorf("got %v, want %v", named, want)
	}
}
