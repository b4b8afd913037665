package main

import (
	"fmt"
	"slices"
	"strings"
	"syscall"

	"drainit/internal/signals"
)

// inTime is how soon after its fast signal a program has to have ended, in seconds: what drainit leaves before SIGKILL,
// and something for a busy machine.
const inTime = 3

// shape is what was measured of a program in one shape, the oldest suite first.
type shape struct {
	key  string
	rows []measured
}

// shapeOf picks a program's rows out of the table.
func shapeOf(p program, table []measured) shape {
	s := shape{key: p.key()}
	for _, m := range table {
		if m.key.program == p.name && m.key.shape == p.shape {
			s.rows = append(s.rows, m)
		}
	}
	return s
}

// row is the program's row in the table of internal/signals, the zero one if it has none.
func (s shape) row() signals.Program {
	for i := range s.rows {
		if _, ok := s.rows[i].seen(); ok {
			return s.rows[i].row()
		}
	}
	return signals.Program{}
}

// ended reports whether the program ended by more, soon after the signal that drains it.
func (m *measured) ended(graceful syscall.Signal, more ...syscall.Signal) (ended, tried bool) {
	names := []string{short(graceful)}
	for _, sig := range more {
		names = append(names, short(sig))
	}
	l, ok := m.find("then", strings.Join(names, ","))
	return ok && m.soon(l), ok
}

// soon reports whether the last signal ended the program: neither a limit of its own, nor only the parent of those that
// serve.
func (m *measured) soon(l line) bool {
	i := slices.IndexFunc(m.lines, func(l line) bool { return l.scenario == "long" && l.status != goesOn })
	byItself := i >= 0 && l.seconds+gap.Seconds()+0.5 > m.lines[i].seconds
	left := strings.HasPrefix(l.status, "SIG") && l.leaves > 0
	return l.status != goesOn && l.seconds <= inTime && !byItself && !left
}

// drainsOn is the signal that drains the program, by what was measured; "": none was found.
func (s shape) drainsOn() string {
	for _, m := range s.rows {
		for _, l := range m.lines {
			if l.scenario == "long" {
				return l.signals
			}
		}
	}
	return ""
}

// each says what a function says of every row: once if that is the same, else with the versions of which it is said.
// "" says nothing.
func (s shape) each(say func(m *measured) string) string {
	var said []string
	of, versions := map[string][]string{}, map[string]int{}
	for _, m := range s.rows {
		versions[m.key.plainVersion()]++
	}
	for i := range s.rows {
		text := say(&s.rows[i])
		if !slices.Contains(said, text) {
			said = append(said, text)
		}
		version := s.rows[i].key.plainVersion()
		if versions[version] > 1 {
			version = s.rows[i].key.suite
		}
		of[text] = append(of[text], version)
	}
	if len(said) == 1 {
		return said[0]
	}
	var parts []string
	for _, text := range said {
		if text != "" {
			parts = append(parts, text+" ("+strings.Join(of[text], ", ")+")")
		}
	}
	return strings.Join(parts, "; ")
}

// request is what became of the one in flight at the signal that drainit sends.
func (s shape) request() string {
	sig := short(s.row().End())
	return s.each(func(m *measured) string {
		l, _ := m.find("flight", sig)
		switch {
		case l.request == "orphaned":
			return "left to a child"
		case l.status == goesOn && l.request == "cut":
			return "**cut**, and the program goes on"
		case l.request == "cut":
			return "**cut**"
		}
		return l.request
	})
}

// newcomers is what became of new connections meanwhile.
func (s shape) newcomers() string {
	sig := short(s.row().End())
	return s.each(func(m *measured) string {
		l, _ := m.find("flight", sig)
		return l.fresh
	})
}

// lasts is how long it drains at most, on the signal that drainit sends.
func (s shape) lasts() string {
	sig := short(s.row().End())
	return s.each(func(m *measured) string {
		i := slices.IndexFunc(m.lines, func(l line) bool { return l.scenario == "long" })
		if i < 0 || m.lines[i].signals != sig {
			return ""
		}
		text := "no limit seen"
		if m.lines[i].status != goesOn {
			text = fmt.Sprintf("%.0f s", m.lines[i].seconds)
		}
		if l, ok := m.find("kept", m.lines[i].signals); ok && l.status == goesOn {
			text += ", as long as idle connections are kept"
		} else if ok && l.seconds > inTime && l.seconds < m.lines[i].seconds {
			text += fmt.Sprintf("; idle kept connections hold it %.0f s", l.seconds)
		}
		return text
	})
}

// ends are the signals that end it while it drains, on the one that drainit sends.
func (s shape) ends() string {
	sig := short(s.row().End())
	return s.each(func(m *measured) string {
		var by, worked []string
		tried := false
		for _, l := range m.lines {
			first, more, ok := strings.Cut(l.signals, ",")
			if l.scenario != "then" || !ok || first != sig {
				continue
			}
			tried = true
			if !m.soon(l) || slices.ContainsFunc(worked, func(w string) bool { return strings.HasPrefix(more, w+",") }) {
				continue
			}
			worked = append(worked, more)
			if more == first {
				more += " again"
			}
			by = append(by, "SIG"+strings.ReplaceAll(more, ",", ", SIG"))
		}
		switch {
		case !tried:
			return ""
		case by == nil:
			return "**none**"
		}
		return strings.Join(by, " or ")
	})
}

// tooLong is what ends the program under drainit, where a request in flight takes longer than the grace period.
func (s shape) tooLong() string {
	return s.each(func(m *measured) string {
		l, ok := m.under()
		list := strings.Split(l.signals, ",")
		switch {
		case !ok:
			return ""
		case l.fresh == announced:
			return "**SIGKILL**, which the log says at the stop"
		case l.fresh == announcedLate:
			return "**SIGKILL**, which the log says 2 s before"
		case l.fresh != "":
			return "**SIGKILL**"
		case l.signals == "":
			return "ended by itself"
		}
		return "SIG" + list[len(list)-1]
	})
}

// plainVersion is the version without what Debian adds to it.
func (k key) plainVersion() string {
	v := k.version
	if _, after, ok := strings.Cut(v, ":"); ok {
		v = after
	}
	if i := strings.LastIndex(v, "-"); i > 0 {
		v = v[:i]
	}
	if i := strings.IndexAny(v, "+~"); i > 0 {
		v = v[:i]
	}
	return v
}

// versions are all that were measured, each once.
func (s shape) versions() string {
	var all []string
	for _, m := range s.rows {
		all = append(all, m.key.plainVersion())
	}
	return strings.Join(slices.Compact(all), ", ")
}
