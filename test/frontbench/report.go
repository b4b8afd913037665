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

// turnKey is a lane and a task, by their names.
type turnKey struct{ lane, task string }

// A report is all that was found.
type report struct {
	binary binary
	lanes  []lane
	rounds int
	length time.Duration
	gib    float64
	turns  map[turnKey][]turn
	idle   map[silence]memory
	stream streamed
}

// section is its name in docs/proof/benchmarks.md.
const section = "front"

// markdown is the section.
func (r *report) markdown() string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("\n## The front\n")
	p("Written by `make frontbench FRONTFLAGS='-o docs/proof/benchmarks.md'`, with %s on linux/%s, %d CPUs, which all",
		runtime.Version(), runtime.GOARCH, runtime.NumCPU())
	p("share. A Go program answers over kept connections, 1 KiB where nothing else is said, alone, behind the front, and")
	p("behind nginx as the same proxy; wrk asks, and h2load where it is HTTP/2 without TLS. Medians of %d turns of %v each, in an order drawn anew for each round;",
		r.rounds, r.length)
	p("in brackets the least and the most.")
	for _, l := range r.lanes {
		if l.version != "" {
			p("%s", l.version)
		}
	}
	p("")
	r.header(p)
	for _, k := range tasks {
		r.row(p, k.name+", requests a second", k, func(t turn) float64 { return t.rate }, whole)
		r.row(p, "p50, ms", k, func(t turn) float64 { return t.p50.Seconds() * 1e3 }, fraction)
		r.row(p, "p99, ms", k, func(t turn) float64 { return t.p99.Seconds() * 1e3 }, fraction)
		r.row(p, "CPU of the proxy for a request, µs", k, func(t turn) float64 { return t.cpu.Seconds() * 1e6 }, fraction)
		if k.connections == busy {
			r.row(p, "PSS while busy, KiB", k, func(t turn) float64 { return float64(t.memory.pss) }, whole)
			r.row(p, "of it anonymous", k, func(t turn) float64 { return float64(t.memory.anonymous) }, whole)
		}
	}
	for _, n := range silent {
		row := []string{fmt.Sprintf("%d silent connections: PSS, of it anonymous, KiB", n)}
		for _, l := range r.lanes {
			m := r.idle[silence{l.name, n}]
			row = append(row, cell(l, fmt.Sprintf("%d, %d", m.pss, m.anonymous)))
		}
		if r.compared() {
			row = append(row, "")
		}
		p("| %s |", strings.Join(row, " | "))
	}
	if r.gib > 0 {
		p("\n%g GiB through the front in each direction at once took %v.", r.gib, r.stream.took.Round(100*time.Millisecond))
		p("Anonymous memory was %d KiB before and %d KiB at most.", r.stream.begin.anonymous, r.stream.top.anonymous)
	}
	p("\nIn the binary the front is %d of %d bytes, for those who do not use it, too: what is less in one built without",
		r.binary.with-r.binary.without, r.binary.with)
	p("its entry.\n")
	return b.String()
}

func (r *report) header(p func(string, ...any)) {
	names := []string{" "}
	for _, l := range r.lanes {
		names = append(names, l.name)
	}
	if r.compared() {
		names = append(names, "front / nginx")
	}
	p("| %s |", strings.Join(names, " | "))
	p("|%s", strings.Repeat(" --- |", len(names)))
}

// compared reports whether there is an nginx beside the front.
func (r *report) compared() bool { return len(r.lanes) == 3 }

// row writes one figure of each lane, and the front's in parts of nginx's.
func (r *report) row(p func(string, ...any), what string, k task, of func(turn) float64, format func(float64) string) {
	cells := []string{what}
	medians := map[string]float64{}
	for _, l := range r.lanes {
		var values []float64
		for _, t := range r.turns[turnKey{l.name, k.name}] {
			values = append(values, of(t))
		}
		slices.SortFunc(values, cmp.Compare)
		medians[l.name] = values[len(values)/2]
		text := fmt.Sprintf("%s (%s to %s)", format(values[len(values)/2]), format(values[0]), format(values[len(values)-1]))
		if values[len(values)-1] == 0 {
			text = ""
		}
		cells = append(cells, text)
	}
	if r.compared() {
		cells = append(cells, fraction(medians["front"]/medians["nginx"]))
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
