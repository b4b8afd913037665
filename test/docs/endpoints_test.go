package docs_test

import (
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"

	"drainit/internal/testkit"
)

// The names of a scrape are those of the manual, with their types: of one before
// a stop, and of one after the program has gone, which has those of connections.
func TestManualHasEveryMetric(t *testing.T) {
	r := startRole(t, roleLeaving, "--pod-id", "docs", "--exit-with", "app", "--grace-period", "40s", "--drain-delay", "0", "--drain-until", "idle", "--sweep", "20s",
		"--front", testkit.FreeAddr(t)+"=1")
	r.signal(syscall.SIGUSR2) // names of signals are there once one came
	r.untilSent("SIGUSR2")
	types := map[string]bool{}
	r.get("/readyz")
	typesOf(r.get("/metrics"), types)
	r.signal(syscall.SIGTERM)
	r.until("sweeping, and the front has counted", func() bool {
		connections, _ := r.status()["connections"].(map[string]any)
		return r.status()["state"] == "sweeping" && connections["requests_cut"] != nil
	})
	typesOf(r.get("/metrics"), types)
	r.signal(syscall.SIGTERM) // enough: ends what was left
	r.log()
	port, _ := asked(t)
	r = startRole(t, roleLeaving, "--grace-period", "40s", "--drain-delay", "1s", "--sweep", "20s", "--ports", port,
		"--at-drain", "post:http://127.0.0.1:1/") // which fails, and so is a warning
	r.signal(syscall.SIGTERM)
	r.until("sweeping", func() bool { return r.status()["state"] == "sweeping" })
	typesOf(r.get("/metrics"), types)
	r.signal(syscall.SIGTERM)
	r.log()
	types["drainit_pids gauge"], types["drainit_pids_limit gauge"] = true, true // which take a cgroup with a limit
	var said []string
	for _, row := range reference(t).section(t, "Metrics").rows() {
		said = append(said, plain(row[0])+" "+row[1])
	}
	wantSame(t, "/metrics", said, slices.Collect(maps.Keys(types)))
}

// typesOf adds the name and type of every metric of a scrape.
func typesOf(scrape []byte, to map[string]bool) {
	for line := range strings.Lines(string(scrape)) {
		if typed, ok := strings.CutPrefix(line, "# TYPE "); ok {
			to[strings.TrimSpace(typed)] = true
		}
	}
}

// The keys of /drain, before a stop and in one, are those of the manual.
func TestManualHasEveryDrainKey(t *testing.T) {
	r := start(t, append(inPod("proxy"), "--grace-period", "40s", "--drain-delay", "30s", "--at-drain", "CONT", "--at-stop", "CONT",
		"--front", testkit.FreeAddr(t)+"=1")...)
	keys := map[string]bool{}
	keysOf(start(t).status()["front"], "front", keys) // null
	keysOf(r.status(), "", keys)
	r.signal(syscall.SIGTERM)
	r.until("draining, and connections were looked at", func() bool {
		connections, _ := r.status()["connections"].(map[string]any)
		return r.status()["state"] == "draining" && connections["latest"] != nil
	})
	keysOf(r.status(), "", keys)
	var said, real []string
	for _, row := range reference(t).section(t, "/drain").rows() {
		said = append(said, strings.Split(plain(row[0]), ", ")...)
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
	countsByName := path == "signals.received" || path == "signals.forwarded" || path == "front.requests"
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
