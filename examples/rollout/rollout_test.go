package main

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"drainit/examples/internal/console"
)

// testStage builds the example server and drainit, and returns a stage to play on, as
// isolated as this machine allows.
func testStage(t *testing.T) *stage {
	t.Helper()
	if testing.Short() {
		t.Skip("short: a rollout takes seconds")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", dir, "drainit/examples/server", "drainit/cmd/drainit").CombinedOutput(); err != nil {
		t.Fatalf("build the example server and drainit: %v: %s", err, out)
	}
	programs := binaries{self: self, server: filepath.Join(dir, "server"), drainit: filepath.Join(dir, "drainit")}
	screen := console.New(t.Output())
	st := &stage{binaries: programs, isolation: bestIsolation(self), console: screen}
	st.ports.next = rand.IntN(lastPort - firstPort)
	return st
}

// quick is a cell that is over in seconds.
func quick(l lane, mode string) cell {
	return cell{
		lane: l, rule: byStop, mode: mode, lag: 300 * time.Millisecond, response: 100 * time.Millisecond,
		hold: 1500 * time.Millisecond, grace: 3 * time.Second, rate: 100, limit: 5 * time.Second,
		probeInterval: 100 * time.Millisecond, probeThreshold: 2,
	}
}

func TestRollouts(t *testing.T) {
	probed := quick(bare, serverDrains)
	probed.rule = byProbe
	cells := []cell{
		quick(bare, serverExits), quick(bare, serverDrains), quick(bare, serverIgnores),
		quick(asleep, serverExits), quick(asleep, serverDrains), probed,
		quick(drained, serverDrains), quick(fronted, serverExits),
	}
	st := testStage(t)
	results, err := st.play(t.Context(), cells, 3, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range surprises(results) {
		t.Error(text)
	}
	for _, r := range results {
		checkRollout(t, r)
	}
	if left := startedFrom(t, st.binaries.server); left != "" {
		t.Errorf("processes left behind: %s", left)
	}
}

// checkRollout holds a result against what is true of any.
func checkRollout(t *testing.T, r result) {
	t.Helper()
	answers := r.counts.versions[oldVersion] + r.counts.versions[newVersion]
	if answers+len(r.counts.losses) != r.counts.sent {
		t.Errorf("%v: %d answered and %d lost of %d, want the sum", r.cell, answers, len(r.counts.losses), r.counts.sent)
	}
	if r.counts.versions[oldVersion] == 0 || r.counts.versions[newVersion] == 0 {
		t.Errorf("%v: answered by %v, want both versions", r.cell, r.counts.versions)
	}
	if len(r.stops) != replicas {
		t.Errorf("%v: %d stops, want %d", r.cell, len(r.stops), replicas)
	}
	if len(r.lives) != 2*replicas {
		t.Fatalf("%v: %d lives, want %d", r.cell, len(r.lives), 2*replicas)
	}
	for _, l := range r.lives {
		checkLife(t, r, l)
	}
	if stop, killed := r.meanStop(), r.cell.mode == serverIgnores; killed != (stop >= r.cell.grace) {
		t.Errorf("%v: a stop took %v, want the whole grace period, %v, only where SIGTERM is ignored", r.cell, stop, r.cell.grace)
	}
}

// checkLife holds what is drawn of a replica against what is true of any.
func checkLife(t *testing.T, r result, l life) {
	t.Helper()
	steps := []time.Time{r.began, l.started, l.ready}
	if l.version == oldVersion {
		steps = append(steps, l.stopRequest, l.stopSignal, l.exited)
		if held := l.stopSignal.Sub(l.stopRequest); r.cell.lane != bare && held < r.cell.hold {
			t.Errorf("%v: %s was held for %v, want %v", r.cell, l.name, held, r.cell.hold)
		}
	} else if !l.stopRequest.IsZero() || !l.stopSignal.IsZero() || !l.exited.IsZero() {
		t.Errorf("%v: %s %s: %+v, want one that runs on", r.cell, l.name, l.version, l)
	}
	if !slices.IsSortedFunc(append(steps, r.ended), time.Time.Compare) {
		t.Errorf("%v: %s %s began %v and went through %v, want them all and in order", r.cell, l.name, l.version, r.began, steps)
	}
	spans := r.routedTo(l.addr)
	if left := len(spans) > 0 && spans[len(spans)-1].To < r.span(); len(spans) == 0 || left != (l.version == oldVersion) {
		t.Errorf("%v: %s %s was in the routes %v, want until it was stopped", r.cell, l.name, l.version, spans)
	}
}

// startedFrom lists the processes that run the program at path.
func startedFrom(t *testing.T, path string) string {
	t.Helper()
	var left []string
	commands, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range commands {
		// A process that has just gone cannot be read, and is not left behind.
		if text, _ := os.ReadFile(name); strings.Contains(string(text), path) {
			left = append(left, name)
		}
	}
	return strings.Join(left, " ")
}

func TestEarlyDeathIsReported(t *testing.T) {
	st := testStage(t)
	st.binaries.server = "/bin/false"
	_, err := st.play(t.Context(), []cell{quick(bare, serverExits)}, 1, false)
	if err == nil || !strings.Contains(err.Error(), "exited 1 too early") {
		t.Errorf("error %v, want one that says the replica exited 1 too early", err)
	}
}

func TestReplicaIsPIDOne(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	isolation := bestIsolation(self)
	if isolation == plain {
		t.Skip("no namespaces: neither as this user nor in a user namespace")
	}
	if out, err := isolation.command(self, self, checkVerb).CombinedOutput(); err != nil {
		t.Errorf("%v: %v: %s", isolation, err, out)
	}
	if err := plain.command(self, self, checkVerb).Run(); err == nil {
		t.Error("an ordinary process: is PID 1, want not: the check is vacuous")
	}
}

func TestOrphansAreKilled(t *testing.T) {
	if os.Getenv("BE_ORPHANED") == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestOrphansAreKilled$", "-test.v")
		cmd.Env = append(os.Environ(), "BE_ORPHANED=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v:\n%s", err, out)
		}
		return
	}
	adoptOrphans()
	// The shell leaves a sleep behind and says its id.
	out, err := exec.Command("sh", "-c", "sleep 60 >/dev/null 2>&1 & echo $!").Output()
	if err != nil {
		t.Fatal(err)
	}
	pid := strings.TrimSpace(string(out))
	if got := len(children()); got != 1 {
		t.Fatalf("%d children after a process was orphaned, want 1", got)
	}
	killOrphans()
	if _, err := os.Stat("/proc/" + pid); !os.IsNotExist(err) {
		t.Errorf("process %s: stat error %v, want it gone", pid, err)
	}
}

func TestExitStatus(t *testing.T) {
	for script, want := range map[string]int{"exit 0": 0, "exit 7": 7, "kill -TERM $$": 143, "kill -KILL $$": 137} {
		cmd := exec.Command("sh", "-c", script)
		cmd.Run()
		if got := exitStatus(cmd.ProcessState); got != want {
			t.Errorf("%s: status %d, want %d", script, got, want)
		}
	}
}

func TestSettingsOfTheCallerAreNotInherited(t *testing.T) {
	got := withoutSettings([]string{"PATH=/bin", "DRAINIT_DRAIN_DELAY=0", "HOME=/"})
	if text := strings.Join(got, " "); text != "PATH=/bin HOME=/" {
		t.Errorf("environment %q, want PATH and HOME", text)
	}
}
