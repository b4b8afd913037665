package probe

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Front is the process that serves --front, as far as it has told.
type Front struct {
	Routes  []string `json:"routes"` // LISTEN=TARGET
	PID     int      `json:"pid"`
	Serving bool     `json:"serving"`
	Answers bool     `json:"answers"` // what follows is of now, and not as it last told

	Connections int               `json:"connections"` // of clients, open
	InFlight    int               `json:"in_flight"`   // requests
	Upgraded    int               `json:"upgraded"`    // connections that are a tunnel now, such as WebSockets
	Accepted    uint64            `json:"accepted"`    // connections ever
	Requests    map[string]uint64 `json:"requests"`    // finished, by the class of the status, "none" if there was none, "h2" of HTTP/2
	Refused     uint64            `json:"refused"`     // for their form; in no class
	Failed      uint64            `json:"failed"`      // that the program did not answer to the end
	Cut         uint64            `json:"cut"`         // by the front, when there was no more time, or in leaving
	Left        uint64            `json:"left"`        // long-lived connections that left in turn
	Warnings    uint64            `json:"warnings"`    // that it has logged, errors included

	Reasons map[string]uint64 `json:"-"` // Warnings by message
}

// text returns it in one line.
func (f Front) text() string {
	state := choose(f.Serving, "serving", "not serving")
	if f.Serving && !f.Answers {
		state = "does not answer; as it last told"
	}
	var parts []string
	for _, class := range slices.Sorted(maps.Keys(f.Requests)) {
		if n := f.Requests[class]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", class, n))
		}
	}
	return fmt.Sprintf("%s: %s; in flight %d, upgraded %d, connections %d; answered %s; refused %d, failed %d, cut %d, left in turn %d",
		strings.Join(f.Routes, " "), state, f.InFlight, f.Upgraded, f.Connections, orNothing(strings.Join(parts, ", ")),
		f.Refused, f.Failed, f.Cut, f.Left)
}

// frontMetrics are there only with a front.
type frontMetrics struct {
	up, connections, inFlight, upgraded, accepted, requests, refused, failed, cut, left metric
}

func (m *metrics) addFront() {
	m.front = frontMetrics{
		up:          m.gauge("front_up", "1 if the front serves, else 0; it and what follows are absent without --front."),
		connections: m.gauge("front_connections", "Connections of clients that the front has open, idle ones included."),
		inFlight:    m.gauge("front_in_flight", "Requests that the front has in flight, those that became a tunnel not included."),
		upgraded:    m.gauge("front_upgraded", "Connections of the front that are a tunnel now, such as WebSockets."),
		accepted:    m.counter("front_connections_accepted_total", "Connections that the front has accepted."),
		requests:    m.counter("front_requests_total", "Requests that the front has finished, by the class of their status, none if there was none, h2 for HTTP/2, of which it is not read.", "code"),
		refused:     m.counter("front_refused_total", "Requests that the front refused for their form, which are in no class."),
		failed:      m.counter("front_failed_total", "Requests that the program did not answer to the end: with a 502 of the front, or an answer that broke off."),
		cut:         m.counter("front_cut_total", "Requests and tunnels that the front cut when there was no more time, or that the program ended within a message when they were to leave."),
		left:        m.counter("front_left_total", "WebSockets and streams of events that left in turn in a stop."),
	}
}

// collectFront sends what the front has told.
func (m *metrics) collectFront(out samples, f *Front) {
	if f == nil {
		return
	}
	out.send(m.front.up, is(f.Serving))
	out.send(m.front.connections, float64(f.Connections))
	out.send(m.front.inFlight, float64(f.InFlight))
	out.send(m.front.upgraded, float64(f.Upgraded))
	out.send(m.front.accepted, float64(f.Accepted))
	for class, n := range f.Requests {
		out.send(m.front.requests, float64(n), class)
	}
	out.send(m.front.refused, float64(f.Refused))
	out.send(m.front.failed, float64(f.Failed))
	out.send(m.front.cut, float64(f.Cut))
	out.send(m.front.left, float64(f.Left))
}
