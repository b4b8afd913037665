package supervisor

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/drain"
	"drainit/internal/pod"
	"drainit/internal/probe"
)

// uidValue is a user, as far as it is known.
func uidValue(uid uint32, known bool) optional {
	if !known {
		return optional{nil, "unknown"}
	}
	return optional{uid, ""}
}

// statusValue is the exit status that a peer has said.
func statusValue(e pod.Seen) optional {
	if !e.Exited {
		return optional{nil, "not said"}
	}
	return optional{e.Status, ""}
}

// requestName is the signal that was the stop request, hangup where it was the end of
// standard input, or none where it was a peer to exit with that has gone.
func requestName(request drain.Signal) string {
	if request == drain.Hangup {
		return probe.Hangup
	}
	return signalName(unix.Signal(request))
}

// peersText says what had become of the peers before this one when the stop
// signal was sent: "app gone after 3.2s, cache absent".
func peersText(rec drain.Record) string {
	var parts []string
	for _, one := range rec.Peers {
		text := one.String()
		if !one.GoneAt.IsZero() {
			text += fmt.Sprintf(" after %v", one.GoneAt.Sub(rec.T0).Round(time.Millisecond))
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

// peersAttrs is peersText for the log, if there were peers to wait for.
func peersAttrs(rec drain.Record) []any {
	if text := peersText(rec); text != "" {
		return []any{"peers", text}
	}
	return nil
}

// peersOf is what /drain says of the peers.
func peersOf(seen []pod.Seen) []probe.Peer {
	peers := []probe.Peer{}
	for _, e := range seen {
		p := probe.Peer{Name: e.Name, State: e.State}
		switch {
		case e.Gone:
			p.State = "absent"
		case e.Stranger:
			p.State, p.Note = "unknown", "who listens under its name is no drainit"
		case e.State == "":
			p.State, p.Note = "unknown", "it does not answer"
		case !e.Believed:
			p.Note = "user " + uidValue(e.UID, e.Known).String() + ": not believed"
		case e.Differs:
			p.Note = "its stop order is " + strings.Join(e.Order, ",")
		}
		peers = append(peers, p)
	}
	return peers
}
