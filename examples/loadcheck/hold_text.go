package main

import (
	"fmt"
	"io"
	"strconv"
	"time"
)

// writeHold says what was measured and which hold follows from it.
func (h holdReport) write(w io.Writer) {
	fmt.Fprintln(w)
	if len(h.stops) == 0 {
		fmt.Fprintln(w, "hold          no stop was seen: does -drain lead to the instances, and is their hold a second at least?")
		return
	}
	for _, l := range h.stops {
		fmt.Fprintf(w, "stop          %s\n", l)
	}
	for _, line := range h.verdict() {
		fmt.Fprintf(w, "hold          %s\n", line)
	}
}

// String tells of one stop in a line.
func (l lag) String() string {
	text := l.addr
	if l.name != "" {
		text = l.name + " at " + text
	}
	text += fmt.Sprintf(", asked to at %s: ", l.t0.Format("15:04:05.000"))
	switch {
	case !l.known:
		return text + "not known: it counts no arrivals, and no answer has its name"
	case l.by == "":
		text += "no request came after that"
	default:
		text += fmt.Sprintf("the last request came %s later (%s)", seconds(l.last), l.by)
	}
	switch {
	case !l.signalled.IsZero():
		text += fmt.Sprintf(", stop signal after %s", seconds(l.signalled.Sub(l.t0)))
	case !l.over.IsZero():
		text += fmt.Sprintf(", gone after %s", seconds(l.over.Sub(l.t0)))
	}
	if !l.ended {
		text += "; more may have come"
	}
	return text
}

// verdict says which hold would have lost none, and how much that is worth.
func (h holdReport) verdict() []string {
	n, stops := h.counted(), len(h.measured())
	switch {
	case n == 0:
		return []string{"not known: name the instances as their answers do, -drain NAME=HOST:PORT"}
	case h.open():
		return []string{
			fmt.Sprintf("more than %v: requests came up to the end of an instance's hold, or of this measurement", h.longest()),
			fmt.Sprintf("set --drain-delay %v there and measure again; if health checks are what comes, -ignore-arrivals", max(10*time.Second, 2*h.longest())),
		}
	}
	lines := []string{
		fmt.Sprintf("--drain-delay %v would have lost none in %s (%s)", h.longest(), count(n, "rollout"), count(stops, "stop")),
		fmt.Sprintf("with %.0f %% confidence it is enough for %.0f %% of such rollouts; the next one takes longer with a chance of 1 in %d, if all are alike",
			100*sure, 100*covered(n), n+1),
	}
	for _, share := range []float64{0.90, 0.95, 0.99} {
		if covered(n) < share {
			lines = append(lines, fmt.Sprintf("%d rollouts would say it of %.0f %%", needed(share), 100*share))
			break
		}
	}
	return lines
}

// count writes a number of things.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}

// The JSON form.
type (
	holdJSON struct {
		Delay      *float64   `json:"drain_delay"` // null: not known, or more than at_least
		AtLeast    float64    `json:"at_least"`
		Rollouts   int        `json:"rollouts"`
		Confidence float64    `json:"confidence"`
		Covers     float64    `json:"covers"` // which share of rollouts, with that confidence
		Stops      []stopJSON `json:"stops"`
	}
	stopJSON struct {
		Name   string    `json:"name"`
		Addr   string    `json:"addr"`
		At     time.Time `json:"at"`
		Last   *float64  `json:"last_request"` // from at; null: not known
		By     string    `json:"seen_by"`
		Unsure float64   `json:"unsure"`
		Ended  bool      `json:"ended"`
	}
)

func (h *holdReport) json() *holdJSON {
	if h == nil {
		return nil
	}
	d := &holdJSON{AtLeast: h.longest().Seconds(), Rollouts: h.counted(), Confidence: sure, Stops: []stopJSON{}}
	if d.Rollouts > 0 {
		d.Covers = covered(d.Rollouts)
	}
	if h.answered() {
		d.Delay = &d.AtLeast
	}
	for _, l := range h.stops {
		s := stopJSON{Name: l.name, Addr: l.addr, At: l.t0, By: l.by, Unsure: l.unsure.Seconds(), Ended: l.ended}
		if l.known {
			last := l.last.Seconds()
			s.Last = &last
		}
		d.Stops = append(d.Stops, s)
	}
	return d
}
