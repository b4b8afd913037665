package main

import (
	"fmt"
	"strconv"
	"strings"
)

// lanes are the columns of the table of rollouts that are drawn, and their names.
var lanes = [...]struct {
	column int
	name   string
}{{3, "bare"}, {4, "5 s sleep"}, {5, "drainit"}, {6, "drainit --front"}}

// drawn are the rows, by their first three cells, with what a picture has room for.
var drawn = [...]struct{ row, head string }{
	{"drains|the stop|1 s", "Server drains; routes follow the stop, lag 1 s"},
	{"exits at once|health checks|0.2 s", "Server exits at once; routes follow health checks"},
	{"exits at once; kept POSTs|the stop|1 s", "The same; POSTs on kept connections, lag 1 s"},
	{"exits at once|the stop|8 s", "The same; new connections, lag 8 s, hold 5 s"},
}

// scene is a row of the table: how many of the requests each lane lost.
type scene struct {
	head  string
	cells []string // as in the table: 150 of 1437
	share []float64
}

// rowsOf finds the rows of a document's tables, by their first three cells.
func rowsOf(document string) map[string][]string {
	rows := map[string][]string{}
	for line := range strings.Lines(document) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.Trim(cells[i], " *")
		}
		if len(cells) > lanes[len(lanes)-1].column {
			rows[strings.Join(cells[:3], "|")] = cells
		}
	}
	return rows
}

// chosen finds the rows that are drawn.
func chosen(rows map[string][]string) ([]scene, error) {
	var scenes []scene
	for _, d := range drawn {
		cells, is := rows[d.row]
		if !is {
			return nil, fmt.Errorf("docs/proof/rollouts.md has no row %q", d.row)
		}
		s := scene{head: d.head}
		for _, lane := range lanes {
			share, err := shareOf(cells[lane.column])
			if err != nil {
				return nil, fmt.Errorf("docs/proof/rollouts.md, row %q: %w", d.row, err)
			}
			s.cells, s.share = append(s.cells, cells[lane.column]), append(s.share, share)
		}
		scenes = append(scenes, s)
	}
	return scenes, nil
}

// notPlayed is the cell of a lane that was not.
const notPlayed = "–"

// shareOf reads a cell such as "150 of 1437". It is -1 for a lane that was not played.
func shareOf(cell string) (float64, error) {
	if cell == notPlayed {
		return -1, nil
	}
	lost, all, _ := strings.Cut(cell, " of ")
	l, err := strconv.Atoi(lost)
	if err != nil {
		return 0, err
	}
	a, err := strconv.Atoi(all)
	if err == nil && a == 0 {
		err = fmt.Errorf("%q: of no requests", cell)
	}
	return float64(l) / float64(a), err
}

// Where the bars are: from barsFrom on, a fifth of all requests is fullBar long.
const (
	barsFrom = 190
	fullBar  = 330
	fullIs   = 0.2
)

func rolloutsPicture(scenes []scene) string {
	c := &canvas{}
	c.text(left, 34, "head", "Requests lost in a rolling restart")
	y := 44
	for _, s := range scenes {
		y += 34
		c.text(left, y, "head", s.head)
		for i, lane := range lanes {
			y += 30
			c.text(barsFrom-10, y, "end", lane.name)
			length := int(max(0, s.share[i]) / fullIs * fullBar)
			c.bar(barsFrom, y-19, max(3, length), 24, barClass(s.share[i]))
			c.text(barsFrom+max(3, length)+8, y, "", barText(s, i))
		}
		y += 10
	}
	return c.picture("Requests lost in a rolling restart, by the server, its routes, and what holds the stop", y+20)
}

func barClass(share float64) string {
	switch {
	case share < 0:
		return "waits"
	case share == 0:
		return "serves"
	}
	return "lost"
}

func barText(s scene, lane int) string {
	switch share := s.share[lane]; {
	case share < 0:
		return "not played"
	case share == 0:
		return s.cells[lane]
	default:
		return fmt.Sprintf("%s (%.1f %%)", s.cells[lane], 100*share)
	}
}
