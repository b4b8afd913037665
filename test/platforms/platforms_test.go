package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"drainit/examples/load"
	"drainit/test/markdown"
)

// What is run is the example, three times, and of its service only what has to differ does.
func TestComposeFileIsTheExample(t *testing.T) {
	example, err := os.ReadFile("../../" + examplePath)
	if err != nil {
		t.Fatal(err)
	}
	f := &fleet{network: "net", addresses: []string{"10.0.0.11", "10.0.0.12", "10.0.0.13"}}
	c := cell{setup{mode: drains, grace: shortGrace}, ranged, "name"}
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
		`command: ["/drainit", "--", "/server", "-mode", "drain"]`: replicas,
		`"DRAINIT_GRACE_PERIOD=12s", "DRAINIT_DRAIN_DELAY=1s..6s"`: replicas,
		"&grace-period 12s": 1,
		"8080:8080":         0, "build:": 0, "dockerfile": 0, "DRAINIT_GRACE_PERIOD: ": 0,
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

func TestSeconds(t *testing.T) {
	if got, want := seconds([]float64{30, 9, 12.4}), "12 (9 to 30)"; got != want {
		t.Errorf("seconds %q, want %q", got, want)
	}
}

// at is the tallies of a number of requests and of losses of one kind and response time.
func at(response, kind, sent int, how string, lost int) tallies {
	t := newTallies()
	t[response][kind].Sent = sent
	t[response][kind].lose(how, lost)
	return t
}

func TestARowAddsUp(t *testing.T) {
	r := result{Mode: exits, Lane: "bare", Seconds: []float64{9}, Tallies: newTallies()}
	r.Tallies.add(at(2, 0, 10, "503", 2))
	r.Tallies.add(at(2, 0, 10, "cut", 1))
	r.Tallies.add(at(2, 2, 5, "503", 4))
	want := []string{"exit", "bare", "1", "9 (9 to 9)", "25", "0", "0", "7: 3 new, 4 POST", "6 503, 1 cut"}
	if got := r.row(); !slices.Equal(got, want) {
		t.Errorf("row %q, want %q", got, want)
	}
}

// What a run has measured is there for the next one, which adds to it or puts its own in its place.
func TestResultsAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "measured.json")
	c := cell{setup{inSwarm, []route{dnsSoon, dnsLate}, exits, grace, everyLane}, bare, "name"}
	rollouts := func(n int) []result {
		var all []result
		for route := range c.routes {
			r := newResult(c, route)
			r.Seconds, r.Tallies = make([]float64, n), at(0, 0, n, "502", route)
			all = append(all, r)
		}
		return all
	}
	for _, step := range []struct {
		results        []result
		add            bool
		rollouts, sent int
	}{
		{rollouts(2)[:1], false, 0, 2}, // one route of two
		{rollouts(2)[1:], false, 2, 2},
		{rollouts(3), true, 5, 5},
		{rollouts(1), false, 5, 5}, // of a run that was ended
		{rollouts(0), true, 5, 5},
		{rollouts(5), false, 5, 5},
		{rollouts(6), false, 6, 6},
	} {
		m, err := recall(path)
		if err == nil {
			err = m.keep(step.results, step.add)
		}
		if err == nil {
			m, err = recall(path)
		}
		if err != nil {
			t.Fatal(err)
		}
		sent := m.find(newResult(c, 0)).Tallies[0][0].Sent
		if m.rollouts(c) != step.rollouts || sent != step.sent {
			t.Errorf("%d rollouts, %d requests, want %d, %d", m.rollouts(c), sent, step.rollouts, step.sent)
		}
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

// Each line of a table is one cell's, and each mode and route has every init, but where one route is another's cure.
func TestEachLineIsMeasuredOnce(t *testing.T) {
	seen := map[string]bool{}
	lanes := map[[3]string]int{}
	for _, c := range cells(setups()) {
		for n, r := range c.routes {
			key := newResult(c, n)
			name := fmt.Sprint(key.Platform, key.Route, key.Mode, key.Lane)
			if seen[name] {
				t.Errorf("%s is measured twice", name)
			}
			seen[name] = true
			lanes[[3]string{c.platform.name, r.name, c.mode}]++
		}
	}
	for name, n := range lanes {
		if n < len(everyLane) && name[1] != checksClose.name {
			t.Errorf("%v has %d lanes, want at least %d", name, n, len(everyLane))
		}
	}
}

func TestNginxIsToldWhomToLeaveOut(t *testing.T) {
	addresses := []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"}
	for without, want := range map[int]int{nobody: 3, 1: 2} {
		text := nginxConfiguration(addresses, without)
		if got := strings.Count(text, "server 10."); got != want || strings.Contains(text, "10.0.0.2") != (without == nobody) {
			t.Errorf("without %d: %d servers, want %d, in\n%s", without, got, want, text)
		}
	}
}

// The document's tables are those of what was measured, and have a place there.
func TestTheDocumentIsOfWhatWasMeasured(t *testing.T) {
	kept, err := recall("measured.json")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../docs/proof/platforms.md")
	if err != nil {
		t.Fatal(err)
	}
	made, _ := kept.tables(cells(setups()))
	maps.Copy(made, kept.others())
	for name, table := range made {
		document, err := markdown.Replace(string(text), name, table)
		if err != nil {
			t.Error(err)
		} else if document != string(text) {
			t.Errorf("%s is not what measured.json says; run: go run ./test/platforms -report -w docs/proof/platforms.md", name)
		}
	}
}

// What is in a Swarm is measured apart from the rest.
func TestChosen(t *testing.T) {
	for _, tt := range []struct {
		options options
		swarmed int
		others  int
	}{
		{options{}, 3, 6},
		{options{lag: true}, 0, 0},
		{options{only: "^swarm-stop-first, exit.*tini"}, 1, 0},
		{options{only: "range", full: true}, 5, 10},
		{options{only: "^health.*nginx.*12 s"}, 0, 2},
	} {
		chosen, err := tt.options.chosen()
		swarmed, others := split(chosen)
		if err != nil || len(swarmed) != tt.swarmed || len(others) != tt.others {
			t.Errorf("%+v: %d in Swarm, %d not, error %v, want %d and %d",
				tt.options, len(swarmed), len(others), err, tt.swarmed, tt.others)
		}
	}
	for _, only := range []string{"(", "no such cell"} {
		if _, err := (options{only: only}).chosen(); err == nil {
			t.Errorf("no error of -only %q", only)
		}
	}
}

// A cell that fails leaves the rest to be measured; an interrupt, or an engine that hangs, does not.
func TestAfterAFailure(t *testing.T) {
	defer hung.Store(false)
	began := 0
	var then func()
	broken := platform{"broken", false, func(*swarm, cell) (*fleet, error) {
		began++
		then()
		return nil, errors.New("broken")
	}}
	ctx, stop := context.WithCancel(t.Context())
	for _, tt := range []struct {
		then func()
		want int
	}{{func() {}, 2}, {func() { hung.Store(true) }, 1}, {func() { hung.Store(false); stop() }, 1}} {
		began, then = 0, tt.then
		lanes := []lane{bare, tini}
		all := cells([]setup{{platform: broken, lanes: lanes}})
		hung.Store(false)
		err := options{rollouts: 1}.measureAll(ctx, nil, all, 1, &measured{})
		if err == nil || began != tt.want {
			t.Errorf("%d cells were begun, error %v, want %d and an error", began, err, tt.want)
		}
	}
}

// An engine that takes a question and never answers ends all that asks it.
func TestAnEngineThatHangs(t *testing.T) {
	if _, err := exec.LookPath("docker"); err != nil {
		t.Skip("no docker here")
	}
	defer hung.Store(false)
	socket := filepath.Join(t.TempDir(), "docker.sock")
	silent, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	t.Setenv("DOCKER_HOST", "unix://"+socket)
	for _, limit := range []time.Duration{time.Second, time.Hour} { // the second is not asked any more
		if _, err := within(limit, nil, "docker", "ps"); !errors.Is(err, errHung) {
			t.Errorf("error %v, want %v", err, errHung)
		}
	}
}

// What a machine did that had too much to do is not measured.
func TestVerdict(t *testing.T) {
	w, err := newWatch()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.verdict(lateLimit); err != nil {
		t.Errorf("of a second: %v", err)
	}
	if w.verdict(lateLimit+1) == nil {
		t.Error("no error of more than a second")
	}
	if (watch{w.dropped - 1}).verdict(0) == nil {
		t.Error("no error of a dropped packet")
	}
}

func TestSum(t *testing.T) {
	const table = "entries  drop early_drop\n000000ff  0000000a 00000001\n000000ff  00000010 00000000\n"
	if got, err := sum(table, "drop"); got != 26 || err != nil {
		t.Errorf("%d, error %v, want 26", got, err)
	}
	for _, broken := range []string{"entries\n00\n", "drop\nx\n"} {
		if _, err := sum(broken, "drop"); err == nil {
			t.Errorf("no error of %q", broken)
		}
	}
}
