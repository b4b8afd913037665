package main

import (
	"strings"
	"testing"
)

// A network of one's own has its loopback up: only then is there a route to it.
func TestInNetwork(t *testing.T) {
	text, err := inNetwork("/bin/cat", "/proc/self/net/fib_trie").CombinedOutput()
	possible(t, err)
	if !strings.Contains(string(text), "127.0.0.1") {
		t.Errorf("got no 127.0.0.1 among the routes:\n%s", text)
	}
}
