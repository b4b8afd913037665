package probe

import "fmt"

// Connections says what became of the program's connections in a stop. What is
// null has not come yet, or could not be seen.
type Connections struct {
	Latest      *Counted  `json:"latest"`          // as last seen
	StopRequest *Counted  `json:"at_stop_request"` // soon after it
	StopSignal  *Counted  `json:"at_stop_signal"`  // as last seen before it
	Deadline    *Counted  `json:"at_deadline"`     // as last seen before SIGKILL
	Arrived     *int      `json:"arrived"`         // since the stop request
	LastArrival *Duration `json:"last_arrival"`    // from it, to the look that counted it
	RequestsCut *int      `json:"requests_cut"`    // on connections that ended since the stop signal, or with the program

	RequestsCutAtMost *int `json:"requests_cut_at_most"` // instead, where the kernel did not tell of each
}

// Counted counts connections, each once.
type Counted struct {
	InFlight   int `json:"in_flight"` // a request is
	Idle       int `json:"idle"`
	Undecided  int `json:"undecided"`  // the kernel does not tell which
	Unaccepted int `json:"unaccepted"` // waiting for the program to accept it

	Program string `json:"program,omitempty"` // what it says itself that it is busy with
}

// text returns the latest count in one line.
func (c Connections) text() string {
	text := "not seen"
	if l := c.Latest; l != nil {
		text = fmt.Sprintf("in flight %d, idle %d, undecided %d, not accepted %d", l.InFlight, l.Idle, l.Undecided, l.Unaccepted)
		if l.Program != "" {
			text += "; " + l.Program
		}
	}
	if c.RequestsCut != nil {
		text += fmt.Sprintf("; requests cut %d", *c.RequestsCut)
	}
	if c.RequestsCutAtMost != nil {
		text += fmt.Sprintf("; requests cut at most %d", *c.RequestsCutAtMost)
	}
	return text
}

// collectConnections sends what was seen.
func (m *metrics) collectConnections(out samples, c Connections) {
	for at, counted := range map[string]*Counted{
		"latest": c.Latest, "stop_request": c.StopRequest, "stop_signal": c.StopSignal, "deadline": c.Deadline,
	} {
		if counted == nil {
			continue
		}
		out.send(m.connections, float64(counted.InFlight), at, "in_flight")
		out.send(m.connections, float64(counted.Idle), at, "idle")
		out.send(m.connections, float64(counted.Undecided), at, "undecided")
		out.send(m.connections, float64(counted.Unaccepted), at, "unaccepted")
	}
	if c.RequestsCut != nil {
		out.send(m.requestsCut, float64(*c.RequestsCut))
	}
	if c.RequestsCutAtMost != nil {
		out.send(m.requestsCutAtMost, float64(*c.RequestsCutAtMost))
	}
}
