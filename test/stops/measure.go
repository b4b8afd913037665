package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"

	"drainit/internal/signals"
	"drainit/test/debianroot"
)

var (
	// asked are the signals that are sent to an idle program, those first that are tried for the graceful one first.
	asked = []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGWINCH, syscall.SIGHUP, syscall.SIGUSR2}

	// fastOnes are those that are sent after the graceful one.
	fastOnes = []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT}
)

const (
	brief  = 3  // seconds that a request in flight takes at a signal
	long   = 18 // and where a second signal follows
	lookOn = 13 // seconds to look on after that
)

// measured is what a program of one suite did, a line each.
type measured struct {
	key   key
	lines []line
}

// laboratory measures programs.
type laboratory struct {
	roots   debianroot.Roots
	files   string
	drainit string
	lives   chan struct{} // one each for the scenarios that are played at a time
}

// measure plays all scenarios of a program, several at a time: they wait more than they work. Of one that is in the
// table only what is stale is played.
func (l *laboratory) measure(p program, suite string, lines []line) (measured, error) {
	in := p.in(suite)
	root, version, err := l.roots.Root(suite, strings.Fields(in.packages))
	if err != nil {
		return measured{}, err
	}
	m := measured{key: key{p.name, p.shape, suite, version}, lines: lines}
	base := room{Lower: root, Files: l.files, Drainit: l.drainit, Program: p.key(), Suite: suite}
	if p.prepare != "" {
		if base.Upper, err = os.MkdirTemp(l.roots.Dir, "prepared"); err != nil {
			return m, err
		}
		defer os.RemoveAll(base.Upper)
		prepare := base
		prepare.Scenario.Prepare = true
		if _, err := prepare.play(); err != nil {
			return m, err
		}
		base.Lower, base.Upper = base.Upper+"/up:"+base.Lower, ""
	}
	var wg sync.WaitGroup
	var plain error
	if lines == nil {
		wg.Go(func() { plain = l.playDefault(base, p, &m) })
	}
	var under measured
	err = l.playAll(base, &under, []scenario{underDrainit})
	wg.Wait()
	m.lines = slices.DeleteFunc(m.lines, func(l line) bool { return l.scenario == "under" })
	if l, ok := under.under(); ok {
		m.lines = append(m.lines, l)
	}
	return m, errors.Join(plain, err)
}

// playDefault plays what is played without drainit.
func (l *laboratory) playDefault(base room, p program, m *measured) error {
	var idle []scenario
	for _, sig := range asked {
		watch := 4
		if slices.Contains(fastOnes, sig) {
			watch = 8
		}
		idle = append(idle, scenario{Signals: []syscall.Signal{sig}, Watch: watch})
	}
	if err := l.playAll(base, m, idle); err != nil {
		return err
	}
	var flight []scenario
	for _, sig := range asked {
		if sig == syscall.SIGTERM || m.ends("idle", sig) {
			flight = append(flight, scenario{Signals: []syscall.Signal{sig}, Request: brief, Fresh: true, Watch: 12})
		}
	}
	if err := l.playAll(base, m, flight); err != nil {
		return err
	}
	if graceful := m.graceful(); graceful != 0 {
		return l.playAll(base, m, after(p, graceful))
	}
	return nil
}

// after are the scenarios of a program that drains.
func after(p program, graceful syscall.Signal) []scenario {
	all := []scenario{
		{Signals: []syscall.Signal{graceful}, Kept: true, Watch: 15},
		{Signals: []syscall.Signal{graceful}, Request: long, Watch: lookOn},
	}
	var fast [][]syscall.Signal
	for _, sig := range fastOnes {
		fast = append(fast, []syscall.Signal{sig})
	}
	if !slices.Contains(fastOnes, graceful) {
		fast = append(fast, []syscall.Signal{graceful})
	}
	for list := range strings.FieldsSeq(p.also) {
		var more []syscall.Signal
		for name := range strings.SplitSeq(list, ",") {
			sig, _ := signals.Parse(name)
			more = append(more, sig)
		}
		fast = append(fast, more)
	}
	for _, more := range fast {
		all = append(all, scenario{Signals: append([]syscall.Signal{graceful}, more...), Request: long, Watch: lookOn})
	}
	return all
}

// graceful is the signal that ends the program after what is in flight, that of the table first; 0: none.
func (m *measured) graceful() syscall.Signal {
	order := asked
	if _, ok := m.seen(); ok {
		order = append([]syscall.Signal{m.row().End()}, asked...)
	}
	i := slices.IndexFunc(order, func(sig syscall.Signal) bool {
		l, ok := m.find("flight", short(sig))
		return ok && l.request == "completes" && l.status != goesOn
	})
	if i < 0 {
		return 0
	}
	return order[i]
}

func (m *measured) ends(scenario string, sig syscall.Signal) bool {
	l, ok := m.find(scenario, short(sig))
	return ok && !strings.HasPrefix(l.status, goesOn)
}

// playAll plays scenarios side by side, and adds a line for each.
func (l *laboratory) playAll(base room, m *measured, scenarios []scenario) error {
	results := make([]result, len(scenarios))
	errs := make([]error, len(scenarios))
	var wg sync.WaitGroup
	for i, sc := range scenarios {
		if sc.Kept && !keeps(base.Program) {
			continue
		}
		wg.Go(func() {
			l.lives <- struct{}{}
			defer func() { <-l.lives }()
			r := base
			r.Scenario = sc
			if results[i], errs[i] = r.play(); errs[i] != nil {
				results[i], errs[i] = r.play() // a busy machine
			}
		})
	}
	wg.Wait()
	for i, sc := range scenarios {
		if errs[i] != nil || sc.Kept && !keeps(base.Program) {
			continue
		}
		if _, ok := m.seen(); !ok {
			m.lines = append(m.lines, seenLine(results[i]))
		}
		m.lines = append(m.lines, lineOf(sc, results[i]))
	}
	return errors.Join(errs...)
}

// keeps reports whether clients of the program keep connections.
func keeps(key string) bool {
	p, _ := programOf(key)
	switch p.client.(type) {
	case fastCGI, job, command:
		return false
	}
	return true
}

// key is what is measured once.
type key struct{ program, shape, suite, version string }

func (k key) String() string {
	shape := ""
	if k.shape != "" {
		shape = ", " + k.shape
	}
	return fmt.Sprintf("%s%s (%s %s)", k.program, shape, k.suite, k.version)
}

func (k key) compare(other key) int {
	return cmp.Or(cmp.Compare(k.program, other.program), cmp.Compare(k.shape, other.shape),
		cmp.Compare(slices.Index(debianroot.Suites, k.suite), slices.Index(debianroot.Suites, other.suite)), cmp.Compare(k.version, other.version))
}
