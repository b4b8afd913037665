package main

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"drainit/test/markdown"
)

// turnKey is a lane and a number of connections.
type turnKey struct {
	lane        string
	connections int
}

// A report is all that was found.
type report struct {
	binary binary
	lanes  []lane
	rounds int
	length time.Duration
	gib    float64
	turns  map[turnKey][]turn
	idle   map[string]memory
	stream streamed
}

// section is its name in docs/benchmarks.md.
const section = "front"

// markdown is the section.
func (r *report) markdown() string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("\n## The front\n")
	p("Written by `make frontbench FRONTFLAGS='-o docs/benchmarks.md'`, with %s on linux/%s, %d CPUs, which all share.",
		runtime.Version(), runtime.GOARCH, runtime.NumCPU())
	p("A Go program answers 1 KiB over kept connections, alone, behind the front, and behind nginx as the same proxy; wrk")
	p("asks. Medians of %d turns of %v each, in an order drawn anew for each round; in brackets the least and the most.", r.rounds, r.length)
	for _, l := range r.lanes {
		if l.version != "" {
			p("%s", l.version)
		}
	}
	p("")
	r.header(p)
	for _, n := range counts {
		conns := fmt.Sprintf("%d connections", n)
		if n == 1 {
			conns = "1 connection"
		}
		r.row(p, conns+", requests a second", n, func(t turn) float64 { return t.rate }, whole)
		r.row(p, "p50, ms", n, func(t turn) float64 { return t.p50.Seconds() * 1e3 }, fraction)
		r.row(p, "p99, ms", n, func(t turn) float64 { return t.p99.Seconds() * 1e3 }, fraction)
		r.row(p, "CPU of the proxy for a request, µs", n, func(t turn) float64 { return t.cpu.Seconds() * 1e6 }, fraction)
	}
	r.row(p, "256 busy connections: PSS, KiB", 256, func(t turn) float64 { return float64(t.memory.pss) }, whole)
	r.row(p, "of it anonymous", 256, func(t turn) float64 { return float64(t.memory.anonymous) }, whole)
	row := []string{"256 silent ones: PSS, of it anonymous, KiB"}
	for _, l := range r.lanes {
		m := r.idle[l.name]
		row = append(row, cell(l, fmt.Sprintf("%d, %d", m.pss, m.anonymous)))
	}
	p("| %s |", strings.Join(row, " | "))
	if r.gib > 0 {
		p("\n%g GiB through the front in each direction at once took %v.\nAnonymous memory was %d KiB before and %d KiB at most.",
			r.gib, r.stream.took.Round(100*time.Millisecond), r.stream.begin.anonymous, r.stream.top.anonymous)
	}
	p("\nIn the binary the front is %d of %d bytes, for those who do not use it, too: what is less in one built without its",
		r.binary.with-r.binary.without, r.binary.with)
	p("entry.\n")
	return b.String()
}

func (r *report) header(p func(string, ...any)) {
	names := []string{" "}
	for _, l := range r.lanes {
		names = append(names, l.name)
	}
	p("| %s |", strings.Join(names, " | "))
	p("|%s", strings.Repeat(" --- |", len(names)))
}

// row writes one figure of each lane.
func (r *report) row(p func(string, ...any), what string, n int, of func(turn) float64, format func(float64) string) {
	cells := []string{what}
	for _, l := range r.lanes {
		var values []float64
		for _, t := range r.turns[turnKey{l.name, n}] {
			values = append(values, of(t))
		}
		slices.SortFunc(values, cmp.Compare)
		text := fmt.Sprintf("%s (%s to %s)", format(values[len(values)/2]), format(values[0]), format(values[len(values)-1]))
		if values[len(values)-1] == 0 {
			text = ""
		}
		cells = append(cells, text)
	}
	p("| %s |", strings.Join(cells, " | "))
}

// cell leaves out what is not there of the program alone.
func cell(l lane, text string) string {
	if l.pid == 0 {
		return ""
	}
	return text
}

func whole(v float64) string    { return fmt.Sprintf("%.0f", v) }
func fraction(v float64) string { return fmt.Sprintf("%.2f", v) }

// replace puts the section in its place in a document, or at its end.
func replace(path, text string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	document := string(old)
	if mark := "<!-- " + section + " -->\n"; !strings.Contains(document, mark) {
		document += "\n" + mark + "<!-- end -->\n"
	}
	document, err = markdown.Replace(document, section, text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, []byte(document), 0o644)
}
