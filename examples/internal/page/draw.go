package page

import (
	"fmt"
	"strings"
	"time"
)

// The methods below are what page.html asks for. Along a scale everything is
// placed in per cent, so that a page of any width has text of the same size.

// mostDrawn bounds the losses drawn of one row; more of them are only counted.
const mostDrawn = 2000

// laneOn and rowOn are a lane and a row on a scale that ends at span.
type (
	laneOn struct {
		Lane
		span time.Duration
	}
	rowOn struct {
		Row
		span time.Duration
	}
)

// On gives the scene's scale to its lanes.
func (s Scene) On() []laneOn {
	var lanes []laneOn
	for _, l := range s.Lanes {
		lanes = append(lanes, laneOn{l, s.Span})
	}
	return lanes
}

// On gives the lane's scale to its rows.
func (l laneOn) On() []rowOn {
	var rows []rowOn
	for _, r := range l.Rows {
		rows = append(rows, rowOn{r, l.span})
	}
	return rows
}

// steps are the distances that ticks may have, in seconds.
var steps = [...]int{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400}

// mostTicks is how many labels are legible on a page of 400 pixels.
const mostTicks = 6

// Tick is a label of the scale.
type Tick struct{ X, Text, Anchor string }

// Ticks are the labels of a scale.
func (l laneOn) Ticks() []Tick { return ticks(l.span) }

// Ticks are where the lines of the scale cross a row.
func (r rowOn) Ticks() []Tick { return ticks(r.span) }

func ticks(span time.Duration) []Tick {
	step := time.Duration(steps[len(steps)-1]) * time.Second
	for _, s := range steps {
		if d := time.Duration(s) * time.Second; span/d < mostTicks {
			step = d
			break
		}
	}
	var list []Tick
	for at := time.Duration(0); at <= span; at += step {
		t := Tick{X: percent(at, span), Text: label(at), Anchor: "middle"}
		switch {
		case at == 0:
			t.Anchor = "start"
		case at > span*97/100:
			t.Anchor = "end"
		}
		list = append(list, t)
	}
	return list
}

// label writes the time at a tick.
func label(at time.Duration) string {
	if at < 2*time.Minute {
		return fmt.Sprintf("%.0fs", at.Seconds())
	}
	return fmt.Sprintf("%.4gm", at.Minutes())
}

// percent is where at is on a scale.
func percent(at, span time.Duration) string {
	if span <= 0 {
		return "0%"
	}
	return fmt.Sprintf("%.2f%%", 100*float64(max(0, min(at, span)))/float64(span))
}

// X is where an instant is.
func (r rowOn) X(at time.Duration) string { return percent(at, r.span) }

// W is how wide a stretch is.
func (r rowOn) W(s Span) string { return percent(min(s.To, r.span)-s.From, r.span) }

// Height is the row's, in pixels: less where there is no loss below it.
func (r rowOn) Height() int {
	if r.Lost() == 0 {
		return 28
	}
	return 44
}

// Drawn are the losses that are drawn and listed, and Undrawn counts the others.
func (r rowOn) Drawn() []Loss { return r.Losses[:min(len(r.Losses), mostDrawn)] }

// Undrawn counts the losses that are neither drawn nor listed.
func (r rowOn) Undrawn() int { return r.More + len(r.Losses) - len(r.Drawn()) }

// Lost counts the losses of a row.
func (r Row) Lost() int { return len(r.Losses) + r.More }

// Lost counts the losses at the lane's instances.
func (l Lane) Lost() int {
	n := 0
	for _, r := range l.Rows {
		n += r.Lost()
	}
	return n
}

// When writes the instant of a loss.
func (l Loss) When() string { return seconds(l.At) }

func seconds(d time.Duration) string { return fmt.Sprintf("%.2fs", d.Seconds()) }

// chartHeight is that of the chart of bars, in pixels.
const chartHeight = 120

// Part is one piece of a bar.
type Part struct{ X, Y, W, H, Kind, Text string }

// Parts are the pieces of the bars, each on top of the one before.
func (l laneOn) Parts() []Part {
	most := l.Most()
	var parts []Part
	for _, b := range l.Bars {
		// What was lost is at the bottom, where two bars are easily compared.
		y := float64(chartHeight)
		for _, p := range []struct {
			kind string
			n    int
		}{{"lost", b.Lost}, {"unsent", b.Unsent}, {"slow", b.Slow}, {"answered", b.Answered}} {
			if p.n == 0 {
				continue
			}
			height := max(1, chartHeight*float64(p.n)/float64(most))
			y -= height
			parts = append(parts, Part{
				X: percent(b.From, l.span), W: percent(b.To-b.From, l.span),
				Y: fmt.Sprintf("%.1f", y), H: fmt.Sprintf("%.1f", height), Kind: p.kind, Text: b.text(),
			})
		}
	}
	return parts
}

// Most is the number of requests of the highest bar.
func (l Lane) Most() int {
	most := 1
	for _, b := range l.Bars {
		most = max(most, b.Answered+b.Slow+b.Lost+b.Unsent)
	}
	return most
}

// text says what is in a bar.
func (b Bar) text() string {
	parts := []string{fmt.Sprintf("%s to %s: %d answered", seconds(b.From), seconds(b.To), b.Answered+b.Slow)}
	for _, more := range []struct {
		n    int
		what string
	}{{b.Slow, "of them late"}, {b.Lost, "lost"}, {b.Unsent, "not sent"}} {
		if more.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", more.n, more.what))
		}
	}
	text := strings.Join(parts, ", ")
	if b.Text != "" {
		text += "; " + b.Text
	}
	return text
}
