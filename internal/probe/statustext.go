package probe

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Text returns the status for a person: what it is waiting for, since when,
// what it will send and why, then the rest. It ends in a newline and cannot
// speak to the terminal it is printed on.
func (s Status) Text() string {
	var p page
	p.line("drainit", "%s, pid %d: %s, %s", s.title(), s.PID, s.State, s.readiness())
	if s.SignalsEndAt != "" {
		p.line("attention", "the platform's signals end at PID 1, %s; write ENTRYPOINT in exec form, or exec before drainit in the script", s.SignalsEndAt)
	}
	if r := s.StopRequest; r != nil {
		p.line("stop request", "%s, %s ago, at %s", r.Signal, seconds(r.SecondsAgo), clock(r.At))
	} else {
		p.line("stop request", "none so far")
	}
	p.line("waiting for", "%s", orNothing(s.WaitingFor))
	p.line("will send", "%s", orNothing(join(": ", s.WillSend.Signal, s.WillSend.Why)))
	p.line("child", "%s", s.childText())
	s.timeline(&p)
	p.line("plan", "%s", s.Plan.text())
	if s.StopRequest != nil {
		p.line("connections", "%s", s.Connections.text())
	}
	if s.Front != nil {
		p.line("front", "%s", s.Front.text())
	}
	if a := s.Actions; a != (Actions{}) {
		p.line("actions", "at drain %d done, %d failed; at stop %d done, %d failed", a.AtDrain.Done, a.AtDrain.Failed, a.AtStop.Done, a.AtStop.Failed)
	}
	s.peers(&p)
	p.line("signals", "received %s; forwarded %s", counts(s.Signals.Received), counts(s.Signals.Forwarded))
	p.line("reaped", "child %d, orphans %d; leftovers %d", s.Reaped.Child, s.Reaped.Orphan, s.Leftovers)
	if s.Warnings > 0 {
		p.line("log", "%d warnings and errors", s.Warnings)
	}
	if s.LogLinesDropped > 0 {
		p.line("log", "%d lines dropped: nobody reads stderr fast enough", s.LogLinesDropped)
	}
	return p.String()
}

// page is lines with a label each.
type page struct{ strings.Builder }

// line adds one line.
func (p *page) line(label, format string, args ...any) {
	p.WriteString(fmt.Sprintf("%-14s", label) + printable(fmt.Sprintf(format, args...)) + "\n")
}

// readiness says what Ready means.
func (s Status) readiness() string {
	switch {
	case s.Ready:
		return "ready"
	case s.State == StateRunning && !s.ReadyAsked:
		return "readiness not asked for yet"
	}
	return "not ready"
}

// title returns the version, and the name if there is one.
func (s Status) title() string {
	if s.Name == "" {
		return s.Version
	}
	return fmt.Sprintf("%s, %q", s.Version, s.Name)
}

// childText says who the child is.
func (s Status) childText() string {
	if s.Child.PID == 0 {
		return "none"
	}
	if s.Child.ProgramPID != s.Child.PID && s.Child.ProgramPID != 0 {
		return fmt.Sprintf("pid %d, started %s; in it %s, pid %d", s.Child.PID, clock(s.Child.Started), orNothing(s.Child.Program), s.Child.ProgramPID)
	}
	return fmt.Sprintf("%s, pid %d, started %s", orNothing(s.Child.Program), s.Child.PID, clock(s.Child.Started))
}

// timeline adds a line for each event: what is done, what is next, what then.
func (s Status) timeline(p *page) {
	label, coming := "timeline", "next"
	for _, e := range s.Timeline {
		p.line(label, "%-4s  %s", choose(e.Done, "done", coming), s.eventText(e))
		label = ""
		if !e.Done {
			coming = "then"
		}
	}
}

// eventText returns an event as "+5s stop_signal at … detail", or, of one to
// come, how long until then.
func (s Status) eventText(e Event) string {
	when := choose(e.Done, "at "+clock(e.At), "in "+s.until(e))
	if e.At.IsZero() {
		when = ""
	}
	head := fmt.Sprintf("+%-8s  %-12s", e.After, e.Event)
	return join("  ", head, when, e.Detail)
}

// until returns how long it is from the instant of the status to an event. That
// instant is told by how long ago the stop request was: the clock of the reader
// is another one.
func (s Status) until(e Event) string {
	if s.StopRequest == nil {
		return e.After.String()
	}
	left := time.Duration(e.After).Seconds() - s.StopRequest.SecondsAgo
	return seconds(max(left, 0))
}

// text returns the plan in one line.
func (p Plan) text() string {
	delay := p.DrainDelay.String()
	if p.DrainDelayMax > p.DrainDelay {
		delay += " to " + p.DrainDelayMax.String()
	}
	if p.DrainDelayRule != "" {
		delay += " (" + p.DrainDelayRule + ")"
	}
	if p.DrainUntil != "" && p.DrainUntil != "delay" {
		delay += ", until " + p.DrainUntil
	}
	stop := ""
	if p.StopSignal != "" && p.StopSignal != "auto" {
		stop = ", stop signal " + p.StopSignal
	}
	return fmt.Sprintf("drain delay %s%s, unready after %s, deadline %s, grace period %s, sweep %s",
		delay, stop, p.UnreadyAfter, p.Deadline, choose(p.GracePeriod == 0, "not given", p.GracePeriod.String()), p.Sweep)
}

// peers adds the stop order and a line for each peer.
func (s Status) peers(p *page) {
	if len(s.StopOrder) > 0 {
		p.line("stop order", "%s", strings.Join(s.StopOrder, ", "))
	}
	label := "peers"
	for _, peer := range s.Peers {
		p.line(label, "%s", join("; ", peer.Name+" "+peer.State, peer.Note))
		label = ""
	}
}

// counts returns "SIGHUP 2, SIGTERM 1", or "none".
func counts(m map[string]uint64) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, fmt.Sprintf("%s %d", name, m[name]))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// seconds returns s as a duration to a tenth of a second.
func seconds(s float64) string {
	return time.Duration(s * float64(time.Second)).Round(100 * time.Millisecond).String()
}

// clock returns t in UTC, RFC 3339, to the second.
func clock(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// join returns the parts that are not empty, with sep between.
func join(sep string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), sep)
}

// orNothing returns s, or "nothing" for "".
func orNothing(s string) string { return choose(s == "", "nothing", s) }

// choose returns yes or no.
func choose(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}
