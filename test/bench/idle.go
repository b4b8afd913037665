package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// warmUp is how long an init is left alone before its idleness is watched: starting is not idling.
const warmUp = 2 * time.Second

// idleCost is what an init costs while nothing happens.
type idleCost struct {
	rss       int // KiB resident
	anonymous int // KiB of it that belong to no file, so that nobody shares them and nothing can reclaim them
	threads   int
	wakes     int // voluntary context switches of all threads
}

// watchIdle runs all inits side by side, each with a child that waits, and looks at them before and after a time in
// which nobody touches them.
func watchIdle(inits []contender, child string, idle time.Duration) (map[contender]idleCost, error) {
	at := map[contender]*running{}
	defer func() {
		for _, p := range at {
			p.end() //nolint:errcheck // the measurement is over
		}
	}()
	for _, c := range inits {
		p, err := start(c, child, surroundings{})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		at[c] = p
	}
	time.Sleep(warmUp)
	costs := map[contender]idleCost{}
	for c, p := range at {
		before, err := wakes(p.pid())
		if err != nil {
			return nil, err
		}
		costs[c] = idleCost{wakes: -before}
	}
	time.Sleep(idle)
	for c, p := range at {
		cost, err := costOf(p.pid())
		if err != nil {
			return nil, err
		}
		cost.wakes += costs[c].wakes
		costs[c] = cost
	}
	return costs, nil
}

// costOf reads what a process costs now; its wakes are those since it began. Private_Dirty would say the same as
// Anonymous, but for a binary built a moment ago, whose pages count as dirty until they are written to disk.
func costOf(pid int) (idleCost, error) {
	smaps, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return idleCost{}, err
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return idleCost{}, err
	}
	n, err := wakes(pid)
	return idleCost{
		rss:       field(string(smaps), "Rss"),
		anonymous: field(string(smaps), "Anonymous"),
		threads:   field(string(status), "Threads"),
		wakes:     n,
	}, err
}

// wakes returns how often the threads of a process have gone to sleep by themselves, and so been woken (proc(5)).
func wakes(pid int) (int, error) {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if err != nil {
		return 0, err
	}
	n := 0
	for _, task := range tasks {
		status, err := os.ReadFile(task)
		if err != nil {
			return 0, err
		}
		n += field(string(status), "voluntary_ctxt_switches")
	}
	return n, nil
}

// field returns the number after "name:" in a file of /proc, or 0 if it is not there.
func field(text, name string) int {
	for line := range strings.Lines(text) {
		if value, found := strings.CutPrefix(line, name+":"); found {
			digits := strings.TrimSuffix(strings.TrimSpace(value), " kB")
			n, _ := strconv.Atoi(digits)
			return n
		}
	}
	return 0
}
