package main

import (
	"os"
	"os/exec"
	"testing"
)

const rolloutTable = `  24.2s  drainit  replica-3 v1  lost no request

lane     requests  lost  refused  reset  cut  timeout  first   last  stop  rollout  by v1  by v2  setting
bare          657   100       75      0   25        0  0.00s  1.99s  0.0s    12.1s    279    278
drainit      1110     0        0      0    0        0      -      -  5.0s    21.2s    531    579  --drain-delay 5s

lost: refused, reset, cut off, or no answer in time
`

func TestReadRollout(t *testing.T) {
	for lane, want := range map[string]rollout{
		"bare":    {requests: "657", lost: "100", seconds: "12.1"},
		"drainit": {requests: "1110", lost: "0", seconds: "21.2"},
	} {
		if got, found := readRollout(rolloutTable, lane); !found || got != want {
			t.Errorf("%s: got %+v, found %t, want %+v", lane, got, found, want)
		}
	}
	if got, found := readRollout(rolloutTable, "sleep"); found {
		t.Errorf("sleep: got %+v, want that it is not there", got)
	}
}

// The table read is the one that examples/rollout still prints: one short rollout, with nothing lost or something.
func TestReadRolloutAsPlayed(t *testing.T) {
	t.Parallel()
	text, _ := exec.Command(built(t, "examples/rollout"), "-lanes", "bare", "-lag", "50ms", "-response-time", "0s",
		"-rate", "20", "-server", built(t, "examples/server")).CombinedOutput()
	got, found := readRollout(string(text), "bare")
	if !found || got.requests == "" || got.requests == "0" || got.lost == "" || got.seconds == "" {
		t.Errorf("got %+v, found %t, want all of it, in\n%s", got, found, text)
	}
}

// A lane's server is the server under that lane's init, with the arguments it was given.
func TestUnder(t *testing.T) {
	dir := t.TempDir()
	init := dir + "/init"
	if err := os.WriteFile(init, []byte("#!/bin/sh\nprintf '<%s>' \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	path, err := lane{init: contender{"init", init}}.under(dir, "/the server")
	if err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command(path, "-addr", "a b").Output()
	if got, want := string(text), "<--></the server><-addr><a b>"; err != nil || got != want {
		t.Errorf("got %q, error %v, want %q", got, err, want)
	}
	if path, err := (lane{init: none}).under(dir, "/server"); err != nil || path != "/server" {
		t.Errorf("without an init: got %q, error %v, want the server itself", path, err)
	}
}
