package docs_test

import (
	"strings"
	"syscall"
	"testing"
)

// The names of a scrape are those of the manual, with their types.
func TestManualHasEveryMetric(t *testing.T) {
	r := start(t)
	r.signal(syscall.SIGUSR2) // names of signals are there once one came
	r.untilSent("SIGUSR2")
	var real []string
	for line := range strings.Lines(string(r.get("/metrics"))) {
		if typed, ok := strings.CutPrefix(line, "# TYPE "); ok {
			real = append(real, strings.TrimSpace(typed))
		}
	}
	var said []string
	for _, row := range manual(t).section(t, "Metrics").rows() {
		said = append(said, plain(row[0])+" "+row[1])
	}
	wantSame(t, "/metrics", said, real)
}

// The keys of /drain, before a stop and in one, are those of the manual.
func TestManualHasEveryDrainKey(t *testing.T) {
	r := start(t, "--grace-period", "40s", "--drain-delay", "30s")
	keys := map[string]bool{}
	keysOf(r.status(), "", keys)
	r.signal(syscall.SIGTERM)
	r.until("draining", func() bool { return r.status()["state"] == "draining" })
	keysOf(r.status(), "", keys)
	var said, real []string
	for _, row := range manual(t).section(t, "/drain").rows() {
		said = append(said, plain(row[0]))
	}
	for key := range keys {
		real = append(real, key)
	}
	wantSame(t, "/drain", said, real)
}

// keysOf adds the path of every value: child.pid, timeline[].at. Counts by name
// are one value, and so is what is null.
func keysOf(value any, path string, to map[string]bool) {
	object, isObject := value.(map[string]any)
	list, isList := value.([]any)
	countsByName := path == "signals.received" || path == "signals.forwarded"
	switch {
	case isObject && !countsByName:
		for key, v := range object {
			keysOf(v, strings.TrimPrefix(path+"."+key, "."), to)
		}
	case isList:
		for _, v := range list {
			keysOf(v, path+"[]", to)
		}
	default:
		to[path] = true
	}
}
