package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"drainit/examples/internal/page"
)

// pageBars is how many bars a page has at most: each is still seen on a narrow one.
const pageBars = 240

// page is the report as a page.
func (r report) page() page.Page {
	lane := page.Lane{
		Title: "Requests by when they were due",
		Text:  fmt.Sprintf("%d sent, %s.", r.sent, r.outcomes.lostText()),
	}
	var span time.Duration
	step := stepFor(len(r.rows), pageBars)
	length := time.Duration(step) * time.Second
	for i, row := range merge(r.rows, step) {
		span = time.Duration(i+1) * length
		lane.Bars = append(lane.Bars, page.Bar{
			From: span - length, To: span, Answered: row.answered(), Slow: row.slow, Lost: row.outcomes.lost(), Unsent: row.unsent,
			Text: row.notes(nil),
		})
	}
	lane.Text += fmt.Sprintf(" A bar is %v, the highest %d requests.", length, lane.Most())
	lane.Rows = append(r.answeredRows(), r.lostRows()...)
	return page.Page{
		Title:  fmt.Sprintf("%s %s: %d of %d requests lost", r.method, r.target.Redacted(), r.lost(), r.sent),
		Facts:  r.summary(),
		Scenes: []page.Scene{{Title: "Over time", Span: span, Lanes: []page.Lane{lane}}},
	}
}

// answeredRows are the versions, and when each answered.
func (r report) answeredRows() []page.Row {
	var rows []page.Row
	for _, name := range r.byFirst() {
		s := r.versions[name]
		rows = append(rows, page.Row{
			Name:   "by " + named([]string{name})[0],
			Text:   fmt.Sprintf("%d answered, due from %s to %s", s.answered, seconds(s.first), seconds(s.last)),
			Phases: r.answering(name),
		})
	}
	return rows
}

// answering are the stretches of seconds in each of which a version answered.
func (r report) answering(version string) []page.Phase {
	var phases []page.Phase
	for i, row := range r.rows {
		if _, answered := slices.BinarySearch(row.versions, version); !answered {
			continue
		}
		from := time.Duration(i) * time.Second
		if n := len(phases); n > 0 && phases[n-1].To == from {
			phases[n-1].To += time.Second
			continue
		}
		phases = append(phases, page.Phase{Span: page.Span{From: from, To: from + time.Second}, Kind: page.Answering})
	}
	return phases
}

// lostRows are the addresses that were asked in vain.
func (r report) lostRows() []page.Row {
	byAddress := map[string][]page.Loss{}
	for _, l := range slices.SortedFunc(slices.Values(r.losses), func(a, b loss) int { return a.due.Compare(b.due) }) {
		byAddress[l.from] = append(byAddress[l.from], page.Loss{At: l.due.Sub(r.began), How: l.how.String(), Text: r.lossText(&l)})
	}
	var rows []page.Row
	for _, address := range slices.Sorted(maps.Keys(byAddress)) {
		losses := byAddress[address]
		rows = append(rows, page.Row{
			Name:   "at " + cmp.Or(address, "no address"),
			Text:   fmt.Sprintf("%d lost", len(losses)),
			Losses: losses,
		})
	}
	if more := r.lost() - len(r.losses); more > 0 {
		rows = append(rows, page.Row{Name: "later", Text: fmt.Sprintf("%d lost after the first %d, which alone are drawn", more, len(r.losses)), More: more})
	}
	return rows
}
