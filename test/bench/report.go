package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// report is everything one run measured. What it did not measure is nil, and has no section.
type report struct {
	*bench
	sizes    map[contender]size
	lives    map[contender][]life
	packages time.Duration // drainit's packages' initialisation
	signals  map[contender][]signalled
	reaps    map[contender][]reaping
	idles    map[contender]idleCost
	charges  *charges
	rollouts []rollout
}

// markdown renders the report: a section for each thing measured, in them a column for each init.
func (r *report) markdown() string {
	var b strings.Builder
	b.WriteString("# Benchmarks\n\n")
	b.WriteString(wrap("", fmt.Sprintf("Written by the first of these, with %s on linux/%s, %d CPUs, Linux %s:",
		runtime.Version(), runtime.GOARCH, runtime.NumCPU(), kernel())))
	b.WriteString(commands)
	b.WriteString(wrap("", fmt.Sprintf(`One run, one machine: the ratios are worth more than the times, and the ranges show how far
		to trust them. Every init is PID 1 of a namespace of its own and has no settings but those named. Where times are
		given, all take turns, in an order drawn anew for each round; the program without any init takes its turns as well,
		and what it takes is subtracted. A cell has the ratio to the first column and the time: medians of %d blocks of
		rounds, in brackets their middle half.`, blocks)))
	for _, s := range r.sections() {
		b.WriteString(s.markdown())
	}
	return b.String()
}

const commands = `
    make bench BENCHFLAGS='-o docs/proof/benchmarks.md'    # six minutes
    make bench BENCHFLAGS='-only size,start'         # a part of it, on standard output

`

// sections returns what there is to say, in order.
func (r *report) sections() []section {
	var all []section
	for _, s := range []struct {
		measured bool
		section  func() section
	}{
		{r.sizes != nil, r.imageSection},
		{r.lives != nil, r.startSection},
		{r.signals != nil, r.signalSection},
		{r.reaps != nil, r.orphanSection},
		{r.idles != nil, r.idleSection},
		{r.charges != nil, r.memorySection},
		{r.rollouts != nil, r.rolloutSection},
	} {
		if s.measured {
			all = append(all, s.section())
		}
	}
	if behind := r.behind(); len(behind.how) > 0 {
		all = append(all, behind)
	}
	return all
}

// kernel returns the kernel's version without what its builder appended.
func kernel() string {
	release, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return versionNumber.FindString(string(release))
}

// drainit returns the last of the inits, which it is.
func (r *report) drainit() contender { return r.inits[len(r.inits)-1] }

// heads are those of a table with a column for each init.
func (r *report) heads() []string {
	return r.row("", func(c contender) string { return strings.TrimSpace(c.name + " " + c.version()) })
}

func (r *report) row(head string, cell func(contender) string) []string {
	cells := []string{head}
	for _, c := range r.inits {
		cells = append(cells, cell(c))
	}
	return cells
}
