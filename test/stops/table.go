package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"drainit/internal/config"
	"drainit/internal/signals"
)

const tablePath = "docs/proof/stops.tsv"

// columns are the table's.
const columns = "program\tshape\tsuite\tversion\tscenario\tsignals\tstatus\tseconds\tleaves\trequest\tnew"

// goesOn is the status of a program that did not end.
const goesOn = "goes on"

// line is what came of one scenario. That of the scenario seen has what the kernel calls the program for its signals,
// and its arguments for its status. That of the scenario under has the signals that drainit sent.
type line struct {
	scenario, signals, status string
	seconds                   float64
	leaves                    int    // processes that live on without it
	request                   string // the one in flight: completes, cut, or orphaned: by somebody whom an init would not wait for
	fresh                     string // new connections, in their order
}

// identity is how a process is recognised.
type identity struct {
	comm string
	argv []string
}

func seenLine(r result) line {
	argv := r.Argv
	for i := range argv {
		argv[i] = argv[i][:min(len(argv[i]), 100)]
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(argv[:min(len(argv), 60)])
	return line{scenario: "seen", signals: r.Comm, status: strings.TrimSpace(b.String())}
}

func lineOf(sc scenario, r result) line {
	scenario, sigs, _ := strings.Cut(sc.name(), " ")
	l := line{scenario: scenario, signals: sigs, status: r.Status, seconds: math.Round(r.Seconds*10) / 10, leaves: r.Left}
	if !r.Ended {
		l.status = goesOn
		if !r.Serves && len(sc.Signals) == 1 && sc.Request == 0 && !sc.Kept {
			l.status = goesOn + ", serves no more"
		}
	}
	if sc.Drainit {
		l.signals, l.fresh = r.Sent, r.Killed
		return l
	}
	switch {
	case r.Answer == "":
	case r.Answer != served:
		l.request = "cut"
	case r.Orphaned:
		l.request = "orphaned"
	default:
		l.request = "completes"
	}
	var fresh []string
	for _, a := range r.New {
		fresh = append(fresh, string(a))
	}
	l.fresh = strings.Join(slices.Compact(fresh), ", then ")
	return l
}

func (m *measured) find(scenario, sigs string) (line, bool) {
	i := slices.IndexFunc(m.lines, func(l line) bool { return l.scenario == scenario && l.signals == sigs })
	if i < 0 {
		return line{}, false
	}
	return m.lines[i], true
}

func (m *measured) seen() (identity, bool) {
	i := slices.IndexFunc(m.lines, func(l line) bool { return l.scenario == "seen" })
	if i < 0 {
		return identity{}, false
	}
	var argv []string
	_ = json.Unmarshal([]byte(m.lines[i].status), &argv)
	return identity{m.lines[i].signals, argv}, true
}

// row is what drainit knows of the program as it was seen, with the environment that it had.
func (m *measured) row() signals.Program {
	id, _ := m.seen()
	p, _ := programOf(program{name: m.key.program, shape: m.key.shape}.key())
	return signals.Identify(id.comm, signals.Spelled(id.comm, id.argv, config.Getenv(p.env, "WEB_CONCURRENCY")))
}

// readTable reads what was measured; a file that is not there has nothing.
func readTable(path string) ([]measured, error) {
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var table []measured
	for i, text := range strings.Split(strings.TrimRight(string(data), "\n"), "\n") {
		if i == 0 {
			continue
		}
		f := strings.Split(text, "\t")
		if len(f) != strings.Count(columns, "\t")+1 {
			return nil, fmt.Errorf("%s:%d: %d columns", path, i+1, len(f))
		}
		k := key{f[0], f[1], f[2], f[3]}
		l := line{scenario: f[4], signals: f[5], status: f[6], request: f[9], fresh: f[10]}
		l.seconds, _ = strconv.ParseFloat(f[7], 64)
		l.leaves, _ = strconv.Atoi(f[8])
		if n := len(table); n == 0 || table[n-1].key != k {
			table = append(table, measured{key: k})
		}
		m := &table[len(table)-1]
		m.lines = append(m.lines, l)
	}
	return table, nil
}

func writeTable(path string, table []measured) error {
	slices.SortFunc(table, func(a, b measured) int { return a.key.compare(b.key) })
	var b strings.Builder
	b.WriteString(columns + "\n")
	for _, m := range table {
		for _, l := range m.lines {
			seconds, leaves := "", ""
			if !strings.HasPrefix(l.status, goesOn) && l.scenario != "seen" {
				seconds = strconv.FormatFloat(l.seconds, 'f', 1, 64)
			}
			if l.leaves > 0 {
				leaves = strconv.Itoa(l.leaves)
			}
			b.WriteString(strings.Join([]string{m.key.program, m.key.shape, m.key.suite, m.key.version, l.scenario, l.signals, l.status, seconds, leaves, l.request, l.fresh}, "\t") + "\n")
		}
	}
	if err := os.WriteFile(path+".part", []byte(b.String()), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}
