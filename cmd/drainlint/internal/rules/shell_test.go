package rules

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestShellBetween(t *testing.T) {
	for _, tt := range []struct {
		command []string
		image   string
		program string // empty: no shell stays
	}{
		{[]string{"sh", "-c", "server"}, "debian", "server"},
		{[]string{"sh", "-c", "server"}, "node:22-alpine", ""},
		{[]string{"sh", "-c", "server"}, "busybox", ""},
		{[]string{"bash", "-c", "server"}, "debian", ""},
		{[]string{"bash", "-c", "a && server"}, "debian", ""},
		{[]string{"bash", "-c", "server | tee log"}, "debian", "server"},
		{[]string{"bash", "-c", "a & server & wait"}, "debian", "a"},
		{[]string{"sh", "-c", "exec server"}, "debian", ""},
		{[]string{"sh", "-c", "a; exec server --x"}, "debian", ""},
		{[]string{"/bin/sh", "-ec", "PORT=1 server"}, "debian", "server"},
		{[]string{"sh", "-c", "trap 'kill $P' TERM; server & P=$!; wait"}, "debian", ""},
		{[]string{"sh", "-c", "a && server -x \"1;2\""}, "debian", "server"},
		{[]string{"sh", "-c", "server 2>&1"}, "debian", "server"},
		{[]string{"bash", "-c", "server 2>&1"}, "debian", ""},
		{[]string{"sh", "start.sh"}, "debian", ""},
		{[]string{"server", "-c", "x"}, "debian", ""},
		{[]string{"sh", "-c"}, "debian", ""},
		{[]string{"sh", "-c", "\n"}, "debian", ""},
	} {
		program := ""
		if b := shellBetween(corev1.Container{Command: tt.command, Image: tt.image}); b != nil {
			program = b.last
		}
		if program != tt.program {
			t.Errorf("%q in %s: %q gets no signal, want %q", tt.command, tt.image, program, tt.program)
		}
	}
}
