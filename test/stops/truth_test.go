package main

import (
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"drainit/internal/signals"
)

// untrue are the rows that a rule does not fit, and why they stay so.
var untrue = map[string]string{
	"JVM nobody is told that it cuts": "what the hooks of a JVM do is a matter of its program",
	"postgres cuts":                   "SIGTERM completes the queries, and then waits for every session, which a pool never ends",
	"postgres worse than tini":        "the same: under tini a pool keeps it until SIGKILL",
	"uwsgi fast":                      "its SIGINT is what ends it where SIGTERM reloads it; with the hook nothing ends it that drains",
}

// knows is what was measured of a program that drainit knows, in all its shapes.
type knows struct {
	row  signals.Program
	rows []measured
}

// known collects them by the row that each measured process is recognised as.
func known(t *testing.T) []knows {
	t.Helper()
	table, err := readTable("../../" + tablePath)
	if err != nil {
		t.Fatal(err)
	}
	var all []knows
	for _, m := range table {
		row := m.row()
		if row.Name == "" {
			continue
		}
		i := slices.IndexFunc(all, func(k knows) bool { return k.row.Name == row.Name })
		if i < 0 {
			i = len(all)
			all = append(all, knows{row: row})
		}
		all[i].rows = append(all[i].rows, m)
	}
	return all
}

// What drainit's table says of a program follows from what was measured of it.
func TestProgramsAreAsMeasured(t *testing.T) {
	for _, k := range known(t) {
		for i := range k.rows {
			for _, wrong := range k.deniedBy(&k.rows[i]) {
				if untrue[k.row.Name+" "+wrong] == "" {
					t.Errorf("%s: not true of %v: %s", k.row.Name, k.rows[i].key, wrong)
				}
			}
		}
		for _, wrong := range k.wrong() {
			if untrue[k.row.Name+" "+wrong] == "" {
				t.Errorf("%s: not true of what was measured: %s", k.row.Name, wrong)
			}
		}
	}
}

// deniedBy is what the table says that one measurement denies.
func (k knows) deniedBy(m *measured) (wrong []string) {
	p, end := k.row, k.row.End()
	idle, _ := m.find("idle", short(end))
	flight, _ := m.find("flight", short(end))
	if p.Graceful != 0 && (strings.HasPrefix(idle.status, goesOn) || idle.seconds > 5) {
		wrong = append(wrong, "graceful")
	}
	if p.Drains && flight.request != "completes" {
		wrong = append(wrong, "drains")
	}
	if !p.Drains && !p.Cuts && p.Lacks == "" && flight.request == "cut" {
		wrong = append(wrong, "nobody is told that it cuts")
	}
	for _, sig := range asked {
		l, ok := m.find("idle", short(sig))
		if ok && p.GoesOn.Has(sig) && !strings.HasPrefix(l.status, goesOn) {
			wrong = append(wrong, "goes on after "+short(sig))
		}
		if f, _ := m.find("flight", short(sig)); p.Cuts && m.key.shape == "" && f.request == "completes" {
			wrong = append(wrong, "cuts")
		}
	}
	return wrong
}

// wrong is what the table says that all measurements together deny.
func (k knows) wrong() (wrong []string) {
	p, end := k.row, k.row.End()
	tried, ended, limits := 0, 0, 0
	by := map[syscall.Signal]int{}
	for i := range k.rows {
		m := &k.rows[i]
		if slices.ContainsFunc(m.lines, func(l line) bool { return l.scenario == "long" && l.status != goesOn }) {
			limits++
		}
		if _, ok := m.find("long", short(end)); !ok {
			continue
		}
		tried++
		if ok, _ := m.ended(end, p.Fast); ok {
			ended++
		}
		for _, sig := range fastOnes {
			if ok, _ := m.ended(end, sig); ok {
				by[sig]++
			}
		}
	}
	if p.Fast != 0 && tried > 0 && (ended == 0 || ended < tried && p.Bound == "") {
		wrong = append(wrong, "fast")
	}
	for sig, n := range by {
		if p.Drains && p.Fast == 0 && n == tried && limits < len(k.rows) {
			wrong = append(wrong, "it has no fast signal: "+short(sig))
		}
	}
	if p.Bound != "" && limits == 0 && p.Bound != signals.NoBound {
		wrong = append(wrong, "bound")
	}
	return wrong
}

// Each version of a program is recognised as the same one.
func TestProgramsAreRecognised(t *testing.T) {
	table, err := readTable("../../" + tablePath)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range programs() {
		names := map[string]bool{}
		for _, m := range shapeOf(p, table).rows {
			names[m.row().Name] = true
		}
		if len(names) > 1 {
			t.Errorf("%s is recognised as %v", p.key(), names)
		}
	}
}

// The documents are what is made of the table.
func TestPages(t *testing.T) {
	table, err := readTable("../../" + tablePath)
	if err != nil {
		t.Fatal(err)
	}
	for path, made := range map[string]string{pagePath: page(table), detailPath: details(table)} {
		if text, err := os.ReadFile("../../" + path); err != nil || string(text) != made {
			t.Errorf("%s is not what go run ./test/stops -page makes (%v)", path, err)
		}
	}
}

// Under drainit a request that takes too long ends by a signal that the program knows, or the log has said at the stop
// that none surely does.
func TestNobodyIsKilledUnannounced(t *testing.T) {
	for _, k := range known(t) {
		for i := range k.rows {
			l, ok := k.rows[i].under()
			switch {
			case !ok:
				t.Errorf("%v was not stopped by drainit", k.rows[i].key)
			case k.rows[i].stale():
				t.Errorf("%v was sent %s, and now it would get something else: measure it again", k.rows[i].key, l.signals)
			case l.fresh == bySIGKILL && untrue[k.row.Name+" killed"] == "":
				t.Errorf("%v was killed, and nobody had been told", k.rows[i].key)
			}
		}
	}
}

// No program that drainit knows is stopped in a worse way than tini would, which passes SIGTERM on.
func TestNoneIsWorseThanTini(t *testing.T) {
	for _, k := range known(t) {
		for i := range k.rows {
			if end := short(k.row.End()); k.rows[i].worseThanTini(end) && untrue[k.row.Name+" worse than tini"] == "" {
				t.Errorf("%v: SIG%s does worse than SIGTERM", k.rows[i].key, end)
			}
		}
	}
}
