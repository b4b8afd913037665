package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"drainit/scripts/propagation"
)

// measurement is rollouts that were measured, as a stop in the simulation: at its rate.
type measurement struct {
	what, class string
	paid, lost  float64
}

// lateRows are those of docs/proof/platforms.md whose routes follow after 7.3 to 8.0 s, of
// a server that exits at once, with the hold that was set, in seconds. Only requests on new
// connections with answers of 500 ms are as in the simulation: 10 a second for three
// replicas.
var lateRows = []struct {
	lane, class string
	hold        float64
}{{"tini", "fixed", 0}, {"drainit, fixed", "fixed", 5}, {"drainit, 12 s", "fixed", 12}, {"drainit, front, 12 s", "front", 12}, {"drainit, range", "range", 15}}

const (
	lateReplicas = 3
	lateRate     = 10.0 / lateReplicas
)

// measuredLate reads them.
func measuredLate(root string) ([]measurement, error) {
	raw, err := os.ReadFile(filepath.Join(root, "test/platforms/measured.json"))
	if err != nil {
		return nil, err
	}
	var all struct {
		Results []struct {
			Platform, Route, Server, Init string
			Seconds                       []float64
			Tallies                       [][]struct{ Lost map[string]int } // by answers of 0, 0.5, 6 s; new, GET, POST
		}
	}
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, err
	}
	var found []measurement
	for _, r := range all.Results {
		for _, row := range lateRows {
			if r.Platform != "swarm-stop-first" || r.Route != "dns-late" || r.Server != "exit" || r.Init != row.lane {
				continue
			}
			lost := 0
			for _, n := range r.Tallies[1][0].Lost {
				lost += n
			}
			stops := float64(len(r.Seconds) * lateReplicas)
			found = append(found, measurement{"Swarm, HAProxy: " + row.lane, row.class, row.hold, float64(lost) / stops * propagation.Rate / lateRate})
		}
	}
	if len(found) != len(lateRows) {
		return nil, fmt.Errorf("test/platforms/measured.json has %d of the %d rows that are drawn", len(found), len(lateRows))
	}
	slices.SortFunc(found, func(a, b measurement) int { return strings.Compare(a.what, b.what) })
	return found, nil
}

// demoRow is the row of docs/proof/rollouts.md with a lag of 8 s, and its columns with
// their holds. There an instance has a quarter of 200 requests a second, which is the
// simulation's rate, in each of three stops.
const demoRow = "exits at once|the stop|8 s"

var demoColumns = []struct {
	column      int
	what, class string
	hold        float64
}{{3, "bare", "fixed", 0}, {4, "a sleep of 5 s", "fixed", 5}, {5, "drainit, 5 s", "fixed", 5}, {6, "drainit, front, 5 s", "front", 5}}

// measuredDemo reads them from the document.
func measuredDemo(rows map[string][]string) ([]measurement, error) {
	cells, is := rows[demoRow]
	if !is {
		return nil, fmt.Errorf("docs/proof/rollouts.md has no row %q", demoRow)
	}
	var found []measurement
	for _, d := range demoColumns {
		lost, err := strconv.Atoi(strings.Fields(cells[d.column])[0])
		if err != nil {
			return nil, fmt.Errorf("docs/proof/rollouts.md, row %q: %w", demoRow, err)
		}
		found = append(found, measurement{"make demo-full: " + d.what, d.class, d.hold, float64(lost) / 3})
	}
	return found, nil
}
