package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"drainit/test/markdown"
)

// tally counts rows, and keeps the names of the programs that a count leaves out.
type tally struct {
	good, all int
	others    map[string]bool
}

func (t *tally) add(good bool, m *measured) {
	t.all++
	if good {
		t.good++
		return
	}
	if t.others == nil {
		t.others = map[string]bool{}
	}
	t.others[program{name: m.key.program, shape: m.key.shape}.key()] = true
}

func (t *tally) String() string {
	text := fmt.Sprintf("%d of %d", t.good, t.all)
	if len(t.others) > 0 {
		text += "; not: " + strings.Join(slices.Sorted(maps.Keys(t.others)), "; ")
	}
	return text
}

// summary is what all rows of the table show together.
func summary(table []measured) string {
	var bySignal, saidFor, unknown, saidLate, completes, tini tally
	names, pairs := map[string]bool{}, map[string]bool{}
	for i := range table {
		m := &table[i]
		names[m.key.program] = true
		pairs[m.key.program+" "+m.key.plainVersion()] = true
		l, ok := m.under()
		row := m.row()
		switch {
		case !ok:
		case row.Name == "":
			unknown.add(l.fresh == "", m)
			if l.fresh != "" {
				saidLate.add(l.fresh != bySIGKILL, m)
			}
			continue
		case l.fresh == "":
			bySignal.add(true, m)
		default:
			bySignal.add(false, m)
			saidFor.add(l.fresh == announced, m)
		}
		ours, _ := m.find("flight", short(row.End()))
		if row.Graceful != 0 {
			completes.add(ours.request == "completes", m)
		}
		tini.add(!m.worseThanTini(short(row.End())), m)
	}
	return markdown.Table([][]string{
		{fmt.Sprintf("of %d programs, %d with each version counted, in %d rows", len(names), len(pairs), len(table)), "rows of which that is so"},
		{"a request of 40 s under drainit, grace period 20 s: a signal that drainit sent ended the program", bySignal.String()},
		{"SIGKILL did, and the log had said so with the stop signal", saidFor.String()},
		{"the same of programs that drainit does not know: a signal ended them", unknown.String()},
		{"SIGKILL did, and the log had named the program and what helps 2 s before", saidLate.String()},
		{"programs with a graceful signal other than the default: at that, a request of 3 s completes", completes.String()},
		{"known programs: no worse, in the request and in the status, than with SIGTERM, which tini passes on", tini.String()},
	})
}

// worseThanTini reports whether the signal cuts what SIGTERM lets finish, leaves a program that SIGTERM ends, or makes
// another status of 0.
func (m *measured) worseThanTini(sig string) bool {
	ended := func(l line) bool { return !strings.HasPrefix(l.status, goesOn) }
	for _, scenario := range []string{"idle", "flight"} {
		tini, _ := m.find(scenario, "TERM")
		ours, _ := m.find(scenario, sig)
		if tini.request == "completes" && ours.request != "completes" || ended(tini) && !ended(ours) || tini.status == "0" && ours.status != "0" {
			return true
		}
	}
	return false
}
