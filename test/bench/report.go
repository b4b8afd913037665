package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// report is everything one run measured.
type report struct {
	inits  []contender // the reference first
	sizes  map[contender]size
	turns  map[contender][]turn
	idles  map[contender]idleCost
	rounds int
	idle   time.Duration
}

// markdown renders the report: a column for each init, a row for each thing measured.
func (r *report) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, heading, runtime.Version(), runtime.GOARCH, runtime.NumCPU(), kernel(),
		r.rounds, blocks, settle, len(r.inits), warmUp, r.idle)
	r.row(&b, "", func(c contender) string { return strings.TrimSpace(c.name + " " + c.version()) })
	r.row(&b, "---", func(contender) string { return "---" })
	r.row(&b, "size, bytes", func(c contender) string { return fmt.Sprint(r.sizes[c].bytes) })
	r.row(&b, "size gzipped, bytes", func(c contender) string { return fmt.Sprint(r.sizes[c].gzipped) })
	r.row(&b, "static: starts in `FROM scratch`", func(c contender) string {
		if r.sizes[c].static {
			return "yes"
		}
		return "no"
	})
	r.row(&b, "start-up", r.times(func(t turn) time.Duration { return t.start }))
	r.row(&b, "exit", r.times(func(t turn) time.Duration { return t.exit }))
	r.row(&b, "resident idle, KiB", func(c contender) string { return fmt.Sprint(r.idles[c].rss) })
	r.row(&b, "of it anonymous, KiB", func(c contender) string { return fmt.Sprint(r.idles[c].anonymous) })
	r.row(&b, "threads", func(c contender) string { return fmt.Sprint(r.idles[c].threads) })
	r.row(&b, fmt.Sprintf("wake-ups in %s", r.idle), func(c contender) string { return fmt.Sprint(r.idles[c].wakes) })
	return b.String()
}

const heading = `# Benchmarks

Written by ` + "`make bench BENCHFLAGS='-o docs/benchmarks.md'`" + `, with %[1]s on linux/%[2]s, %[3]d CPUs, Linux %[4]s. One run, one machine: the ratios
are worth more than the times, and the ranges show how far to trust them.

- Every init is PID 1 of a namespace of its own and runs the same small static program. All take turns, in an order
  drawn anew for each of %[5]d rounds.
- Start-up: from the exec of the init to the program's main. Exit: from the program's end to the init's, as its parent
  sees it, the init having been left alone for %[7]s before. Both less what the program takes as PID 1 without an init.
  Given are the ratio to the first column and the time: medians of %[6]d blocks of rounds, in brackets their middle half.
- Idle: all %[8]d side by side, %[9]s after their start, for %[10]s. Anonymous memory belongs to no file, so that nobody shares
  it and nothing can reclaim it. Wake-ups are the voluntary context switches of all threads.

`

// kernel returns the kernel's version without what its builder appended.
func kernel() string {
	release, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return versionNumber.FindString(string(release))
}

func (r *report) row(b *strings.Builder, head string, cell func(contender) string) {
	cells := []string{head}
	for _, c := range r.inits {
		cells = append(cells, cell(c))
	}
	fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
}

// times returns the cells of a row of times.
func (r *report) times(of func(turn) time.Duration) func(contender) string {
	series := func(c contender) []time.Duration {
		var s []time.Duration
		for _, t := range r.turns[c] {
			s = append(s, of(t))
		}
		return s
	}
	return func(c contender) string {
		x := compare(series(c), series(r.inits[0]), series(none))
		if c == r.inits[0] {
			return fmt.Sprintf("1, %d µs", x.extra.Microseconds())
		}
		return fmt.Sprintf("%.2f (%.2f to %.2f), %d µs", x.value, x.low, x.high, x.extra.Microseconds())
	}
}
