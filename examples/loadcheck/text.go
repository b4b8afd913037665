package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"drainit/examples/load"
)

// writeText writes the plot and the summary.
func writeText(w io.Writer, r report) error {
	out := bufio.NewWriter(w)
	writePlot(out, r.rows, r.slow)
	fmt.Fprintln(out)
	for _, line := range r.summary() {
		fmt.Fprintf(out, "%-13s %s\n", line[0], line[1])
	}
	if r.held != nil {
		r.held.write(out)
	}
	return out.Flush()
}

// summary is what is said in lines, each with its head.
func (r report) summary() [][2]string {
	lines := [][2]string{
		{"asked", r.asked()},
		{"requests", fmt.Sprintf("%d sent, %d answered, %s", r.sent, r.outcomes[load.Answered], r.outcomes.lostText())},
	}
	add := func(wanted bool, head, text string) {
		if wanted {
			lines = append(lines, [2]string{head, text})
		}
	}
	add(r.unsent > 0, "not sent", fmt.Sprintf("%d, due while %d were in flight (-in-flight)", r.unsent, r.inFlight))
	add(r.first != nil, "first lost", r.lossText(r.first))
	add(r.first != r.last, "last lost", r.lossText(r.last))
	add(r.outcomes[load.Answered] > 0, "latency", r.latencyText())
	for _, name := range r.byFirst() {
		span := r.versions[name]
		add(len(r.versions) > 1 || name != "", "answered by", fmt.Sprintf("%s: %d, due from %s to %s",
			named([]string{name})[0], span.answered, seconds(span.first), seconds(span.last)))
	}
	add(r.keep > 0, "connections", fmt.Sprintf("%d opened, %d found closed before their next request", r.opened, r.ended))
	add(true, "punctuality", r.punctuality())
	return lines
}

// asked says what was asked, when and how.
func (r report) asked() string {
	connections := "a new connection for each"
	if r.keep > 0 {
		connections = fmt.Sprintf("%d connections kept", r.keep)
	}
	return fmt.Sprintf("%s %s, %d a second, %s, from %s for %s", r.method, r.target.Redacted(), r.rate, connections,
		r.began.Format("2006-01-02 15:04:05.000 -0700"), seconds(r.took))
}

// lossText tells of one loss.
func (r report) lossText(l *loss) string {
	if l == nil {
		return ""
	}
	return fmt.Sprintf("due at %s (%s), %s later: %s: %v", seconds(l.due.Sub(r.began)), l.due.Format("15:04:05.000"),
		rounded(l.seen.Sub(l.due)), l.how, oneLine(l.err))
}

// oneLine keeps what a stranger's server says from making lines of its own.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

func (r report) latencyText() string {
	return fmt.Sprintf("half within %s, 90%% %s, 99%% %s, the longest %s, from when each was due; %d later than %v",
		rounded(r.latency.quantile(50)), rounded(r.latency.quantile(90)), rounded(r.latency.quantile(99)), rounded(r.latency.longest),
		r.slowAnswers, r.slow)
}

// byFirst returns the versions in the order in which they appeared.
func (r report) byFirst() []string {
	return slices.SortedFunc(maps.Keys(r.versions), func(a, b string) int {
		return cmp.Or(cmp.Compare(r.versions[a].first, r.versions[b].first), cmp.Compare(a, b))
	})
}

// busyLimit is from how late a request on this machine is said to blur figures.
const busyLimit = 250 * time.Millisecond

// punctuality says how well this process kept the instants of its requests.
func (r report) punctuality() string {
	text := fmt.Sprintf("the latest request began %s after its instant", rounded(r.late))
	if r.late > busyLimit {
		text += " (this machine is busy: the times above are no sharper than that)"
	}
	return text
}

// rounded writes a length of time to three digits or so.
func rounded(d time.Duration) string {
	switch {
	case d >= 100*time.Millisecond:
		return d.Round(time.Millisecond).String()
	case d >= time.Millisecond:
		return d.Round(100 * time.Microsecond).String()
	default:
		return d.Round(time.Microsecond).String()
	}
}
