package main

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"

	"drainit/internal/testkit"
)

// Every orphan there should be is one, and comes to the init: drainit's own count of what it has reaped says so.
func TestReaping(t *testing.T) {
	t.Parallel()
	const n = 250 // no whole number of batches
	address := testkit.FreeAddr(t)
	drainit := contender{drainitName, built(t, "cmd/drainit")}
	p, err := start(drainit, built(t, "test/bench/orphans"), surroundings{env: []string{"DRAINIT_PROBE_ADDR=" + address}})
	possible(t, err)
	got, err := reapUnder(p, n)
	reaped := metric(t, address, `drainit_processes_reaped_total{kind="orphan"}`)
	if endErr := p.end(); err != nil || endErr != nil {
		t.Fatalf("the orphans: %v; the end: %v", err, endErr)
	}
	if reaped != n {
		t.Errorf("drainit reaped %d orphans, want %d", reaped, n)
	}
	if got.cpu <= 0 || got.wall <= got.cpu/2 { // two CPUs at most
		t.Errorf("got %+v, want both above 0, and no more CPU than there was time for", got)
	}
}

// metric returns the value of one of drainit's metrics.
func metric(t *testing.T, address, name string) int {
	t.Helper()
	answer, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\d+)$`).FindSubmatch(text)
	if err != nil || m == nil {
		t.Fatalf("no metric %s, error %v, in\n%s", name, err, text)
	}
	n, _ := strconv.Atoi(string(m[1]))
	return n
}

// A process's clock goes with its own work and not with its children's.
func TestCPUTime(t *testing.T) {
	before, err := cpuTime(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	work := exec.Command("sh", "-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done")
	if err := work.Run(); err != nil {
		t.Fatal(err)
	}
	child := work.ProcessState.UserTime() + work.ProcessState.SystemTime()
	after, err := cpuTime(os.Getpid())
	if got := after - before; err != nil || got <= 0 || got >= child/2 {
		t.Errorf("got %v, error %v, while a child worked for %v, want a little", got, err, child)
	}
}
