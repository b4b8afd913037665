package proc

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestArgv(t *testing.T) {
	args := []string{"two words", "", strings.Repeat("x", 100<<10), "last"}
	got, err := Argv(start(t, "sleep", nil, args...))
	if want := append([]string{"/proc/self/exe"}, args...); err != nil || !slices.Equal(got, want) {
		t.Errorf("Argv = %d strings (%.20q…), %v; want %d as started", len(got), got, err, len(want))
	}
	got, err = Argv(start(t, "sleep", nil, strings.Repeat("x", 100<<10), strings.Repeat("y", 100<<10)))
	if n := len(strings.Join(got, "\x00")); err != nil || n != argvLimit {
		t.Errorf("Argv of 200 KiB = %d bytes, %v; want the first %d", n, err, argvLimit)
	}
}

func TestParseArgv(t *testing.T) {
	for in, want := range map[string][]string{
		"":                              nil,
		"\x00\x00":                      nil,
		"nginx\x00":                     {"nginx"},
		"nginx\x00-g\x00daemon off;":    {"nginx", "-g", "daemon off;"},
		"sh\x00-c\x00\x00x\x00":         {"sh", "-c", "", "x"},
		"php-fpm: pool www\x00\x00\x00": {"php-fpm: pool www"},
	} {
		if got := parseArgv([]byte(in)); !slices.Equal(got, want) {
			t.Errorf("parseArgv(%q) = %q, want %q", in, got, want)
		}
	}
}

// A test binary has each variable once, so os.Environ leaves nothing out here.
func TestEnviron(t *testing.T) {
	got, err := Environ(os.Getpid())
	if want := os.Environ(); err != nil || !slices.Equal(got, want) {
		t.Errorf("Environ = %q, %v; want %q", got, err, want)
	}
	if _, err := Environ(1 << 30); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Environ of nobody = %v, want fs.ErrNotExist", err)
	}
}
