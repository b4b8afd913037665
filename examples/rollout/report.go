package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"drainit/examples/internal/page"
)

// report is the scenes as one page.
func report(scenes []scene, next []suggestion, notes ...string) page.Page {
	p := page.Page{Title: "A rolling restart under load: what was lost, where and why", Notes: notes}
	for _, s := range scenes {
		p.Scenes = append(p.Scenes, s.page())
		p.Lead = append(p.Lead, s.inShort())
	}
	for _, n := range next {
		p.Next = append(p.Next, fmt.Sprintf("%s\n    # %s", n.command, n.shows))
	}
	return p
}

// inShort is what each lane of the scene lost.
func (s scene) inShort() string {
	var lanes []string
	for _, r := range s.results {
		lost := "none"
		if n := len(r.counts.losses); n > 0 {
			lost = strconv.Itoa(n)
		}
		lanes = append(lanes, fmt.Sprintf("%s lost %s of %d", r.cell.lane, lost, r.counts.sent))
	}
	what := "New connections: "
	if s.cell.keep {
		what = "Kept connections: "
	}
	return what + strings.Join(lanes, ", ") + "."
}

// page is the scene as it is drawn.
func (s scene) page() page.Scene {
	drawn := page.Scene{Title: s.heading(), Span: s.span()}
	if cure := s.cure(); cure != "" {
		drawn.Text = "What cures it: " + cure
	}
	for _, r := range s.results {
		title := string(r.cell.lane)
		if setting := r.cell.setting(); setting != "" {
			title += ": " + setting
		}
		lane := page.Lane{Title: title, Text: r.told()}
		for _, l := range r.lives {
			lane.Rows = append(lane.Rows, r.row(l))
		}
		if stray := r.losses(""); len(stray) > 0 {
			lane.Rows = append(lane.Rows, page.Row{Name: "no replica", Text: "the routes led nowhere", Losses: stray})
		}
		drawn.Lanes = append(drawn.Lanes, lane)
	}
	return drawn
}

// row is the life of a replica as it is drawn.
func (r result) row(l life) page.Row {
	row := page.Row{Name: l.name + " " + l.version, Routed: r.routedTo(l.addr), Losses: r.losses(l.addr)}
	words := []string{"started at " + seconds(r.at(l.started))}
	note := func(at time.Time, kind page.MarkKind, text string) {
		if at.IsZero() {
			return
		}
		words = append(words, fmt.Sprintf("%s at %s", text, seconds(r.at(at))))
		if kind != "" {
			row.Marks = append(row.Marks, page.Mark{At: r.at(at), Kind: kind, Text: words[len(words)-1]})
		}
	}
	note(l.ready, "", "ready")
	for _, s := range row.Routed {
		words = append(words, fmt.Sprintf("in the routes from %s to %s", seconds(s.From), seconds(s.To)))
	}
	note(l.stopRequest, page.Request, "stop request")
	note(l.stopSignal, page.Signal, "stop signal")
	note(l.killed, page.Signal, "SIGKILL")
	note(l.exited, page.Exit, fmt.Sprintf("exit status %d", l.status))
	if n := len(row.Losses); n > 0 {
		words = append(words, fmt.Sprintf("%d requests lost", n))
	}
	row.Text = strings.Join(words, "; ")
	row.Phases = r.phases(l)
	return row
}

// phases are the stretches of a life between the instants that it has.
func (r result) phases(l life) []page.Phase {
	var phases []page.Phase
	from, kind := l.started, page.Starting
	for _, next := range []struct {
		at   time.Time
		kind page.Kind
	}{{l.ready, page.Serving}, {l.stopRequest, page.Held}, {l.stopSignal, page.Stopping}, {l.exited, ""}} {
		if next.at.IsZero() {
			continue
		}
		phases = append(phases, page.Phase{Span: page.Span{From: r.at(from), To: r.at(next.at)}, Kind: kind})
		from, kind = next.at, next.kind
	}
	if l.exited.IsZero() {
		phases = append(phases, page.Phase{Span: page.Span{From: r.at(from), To: r.span()}, Kind: kind})
	}
	return phases
}

// routedTo are the times in which the routes led to a replica.
func (r result) routedTo(addr string) []page.Span {
	var spans []page.Span
	for _, c := range r.routed {
		switch {
		case c.addr != addr:
		case c.in:
			spans = append(spans, page.Span{From: r.at(c.at), To: r.span()})
		default:
			spans[len(spans)-1].To = r.at(c.at)
		}
	}
	return spans
}

// losses are those of requests sent to a replica; an empty address is none.
func (r result) losses(addr string) []page.Loss {
	var losses []page.Loss
	for _, l := range r.counts.losses {
		if l.addr != addr {
			continue
		}
		text := l.how.String()
		if t0, stopped := r.t0[addr]; stopped {
			text += fmt.Sprintf(", %.2fs after the stop request", l.seen.Sub(t0).Seconds())
		}
		losses = append(losses, page.Loss{At: r.at(l.seen), How: l.how.String(), Text: text})
	}
	return losses
}

// at counts from the beginning of the rollout.
func (r result) at(t time.Time) time.Duration { return t.Sub(r.began) }
