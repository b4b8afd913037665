package main

import (
	"errors"
	"io"
	"maps"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"drainit/examples/load"
)

// What is run is the example, three times, and of its service only what has to differ does.
func TestComposeFileIsTheExample(t *testing.T) {
	example, err := os.ReadFile("../../" + examplePath)
	if err != nil {
		t.Fatal(err)
	}
	f := &fleet{network: "net", addresses: []string{"10.0.0.11", "10.0.0.12", "10.0.0.13"}}
	c := cell{setup{mode: drains, response: time.Second}, ranged, "name"}
	text, err := composeFile(string(example), c, f)
	if err != nil {
		t.Fatal(err)
	}
	for want, times := range map[string]int{
		"stop_grace_period: *grace-period": replicas,
		"read_only: true":                  replicas,
		"cap_drop: [ALL]":                  replicas,
		"  replica2:\n":                    1,
		"ipv4_address: 10.0.0.12":          1,
		`command: ["/drainit", "--", "/server", "-mode", "drain"`:   replicas,
		`"DRAINIT_GRACE_PERIOD=30s", "DRAINIT_DRAIN_DELAY=1s..15s"`: replicas,
		"8080:8080": 0, "build:": 0, "dockerfile": 0, "DRAINIT_GRACE_PERIOD: ": 0,
	} {
		if got := strings.Count(text, want); got != times {
			t.Errorf("%q is there %d times, want %d, in\n%s", want, got, times, text)
		}
	}
}

func TestComposeFileNeedsTheExamplesGracePeriod(t *testing.T) {
	const other = "x-grace-period: &grace-period 10s\nservices:\n  server:\n    stop_grace_period: *grace-period\n"
	for _, text := range []string{"", other, "services:\n  server:\n    image: a\n"} {
		if _, err := composeFile(text, cell{}, &fleet{}); err == nil {
			t.Errorf("no error of %q", text)
		}
	}
}

// Servers that are up, or not checked, get requests; those that are down or have no address do not.
func TestUsable(t *testing.T) {
	rows := [][]string{
		{"# pxname", "svname", "status", "addr"},
		{"clients", "FRONTEND", "OPEN", ""},
		{"servers", "task1", "UP", "10.0.0.1:8080"},
		{"servers", "task2", "UP 1/2", "10.0.0.2:8080"},
		{"servers", "task3", "MAINT (resolution)", "10.0.0.3:8080"},
		{"servers", "task4", "DOWN 1/2", "10.0.0.4:8080"},
		{"servers", "task5", "no check", "10.0.0.5:8080"},
		{"servers", "BACKEND", "UP", ""},
	}
	got, err := usable(rows)
	want := map[string]string{"task1": "10.0.0.1:8080", "task2": "10.0.0.2:8080", "task5": "10.0.0.5:8080"}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("usable %v, error %v, want %v", got, err, want)
	}
	if _, err := usable([][]string{{"# pxname", "status"}}); err == nil {
		t.Error("no error of statistics without names")
	}
}

func TestHowALossIsNamed(t *testing.T) {
	for err, want := range map[error]string{
		load.StatusError(503):       "503",
		syscall.ECONNREFUSED:        "refused",
		io.ErrUnexpectedEOF:         "cut",
		errors.New("anything else"): "other",
	} {
		if got := how(err); got != want {
			t.Errorf("%v is %q, want %q", err, got, want)
		}
	}
}

func TestCountsAddUp(t *testing.T) {
	var c counts
	c.add(counts{sent: 10, lost: map[string]int{"503": 2}})
	c.add(counts{sent: 5, lost: map[string]int{"503": 1, "cut": 4}})
	if c.sent != 15 || c.losses() != 7 || c.text() != "3 503, 4 cut" {
		t.Errorf("%d sent, %d lost, %q, want 15, 7, \"3 503, 4 cut\"", c.sent, c.losses(), c.text())
	}
}

func TestSeconds(t *testing.T) {
	times := []time.Duration{30 * time.Second, 9 * time.Second, 12 * time.Second}
	if got, want := seconds(times), "12 (9 to 30)"; got != want {
		t.Errorf("seconds %q, want %q", got, want)
	}
}

// What DNS answers between two looks is known to no better than these.
func TestWhenANameWasLastThere(t *testing.T) {
	var l lasts
	l.read("1000000000 10.0.0.1 10.0.0.2\n2000000000 10.0.0.2\nnonsense\n3000000000\n")
	if len(l.at) != 2 || !l.at["10.0.0.1"].Equal(time.Unix(1, 0)) || !l.at["10.0.0.2"].Equal(time.Unix(2, 0)) {
		t.Errorf("last seen %v, want 10.0.0.1 after 1s and 10.0.0.2 after 2s", l.at)
	}
}

// A set-up of one name is one line of the output, and -only finds it.
func TestSetupsHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for _, u := range setups() {
		if seen[u.name()] {
			t.Errorf("%q is there twice", u.name())
		}
		seen[u.name()] = true
		if len(u.lanes) < len(everyLane) {
			t.Errorf("%q has %d lanes, want at least %d", u.name(), len(u.lanes), len(everyLane))
		}
	}
}

func TestTheDocumentHasAPlaceForEveryTable(t *testing.T) {
	text, err := os.ReadFile("../../docs/platforms.md")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{"versions": true, "lag": true}
	for _, u := range setups() {
		names[u.table] = true
	}
	for name := range names {
		if _, err := replace(string(text), name, ""); err != nil {
			t.Error(err)
		}
	}
}

// What is in a Swarm is measured apart from the rest.
func TestChosen(t *testing.T) {
	for _, tt := range []struct {
		options options
		swarm   int
		others  int
	}{
		{options{}, 1, 2},
		{options{full: true}, 2, 4},
		{options{only: "swarm"}, 8, 0},
		{options{only: "^health.*nginx"}, 0, 2},
	} {
		chosen, err := tt.options.chosen()
		inSwarm, others := split(chosen)
		if err != nil || len(inSwarm) != tt.swarm || len(others) != tt.others {
			t.Errorf("%+v: %d in Swarm, %d not, error %v, want %d and %d",
				tt.options, len(inSwarm), len(others), err, tt.swarm, tt.others)
		}
	}
	if _, err := (options{only: "("}).chosen(); err == nil {
		t.Error("no error of an expression that is none")
	}
}

// A cell that fails keeps the rest from being begun.
func TestAFailureEndsTheRun(t *testing.T) {
	began := 0
	broken := route{name: "broken", begin: func(*swarm, cell) (place, error) {
		began++
		return place{}, errors.New("broken")
	}}
	results, err := measureAll(t.Context(), nil, []setup{{route: broken, lanes: everyLane}}, 1, 1)
	if err == nil || began != 1 || len(tables(results)) != 0 {
		t.Errorf("%d cells were begun, error %v, want 1 and an error", began, err)
	}
}
