package helper

import "drainit/internal/probe"

// What this process and a helper tell each other: a datagram of JSON each, see
// process.SocketPair. Its end of file is how each knows that the other has gone.

// snapshotLimit bounds a datagram of a snapshot, and wordLimit one of a helper's.
const (
	snapshotLimit = 192 << 10
	wordLimit     = 4 << 10
)

// order is what a helper is told first.
type order struct {
	Identity probe.Identity
	Conns    int       // inherited from descriptor firstConn on
	Delivery *delivery `json:",omitempty"` // instead of requests to answer
}

// argv is a helper's name, and what it is for if not for requests.
func (o order) argv() []string {
	if o.Delivery != nil {
		return []string{Name, "report"}
	}
	return []string{Name}
}

// word is what a helper says: it asks, or has sent its last reply, or a report.
type word struct {
	Ask       string        `json:",omitempty"` // one of the ask constants, each once
	Sent      *probe.Counts `json:",omitempty"`
	Delivered *delivered    `json:",omitempty"`
}

const (
	askSnapshot  = "snapshot"
	askProcesses = "processes"
	askReady     = "ready"
	askLive      = "live"
)

// answer is the answer to one of them.
type answer struct {
	Ask       string
	Snapshot  *probe.Snapshot  `json:",omitempty"`
	Processes *probe.Processes `json:",omitempty"`
	Verdict   *probe.Verdict   `json:",omitempty"`
}
