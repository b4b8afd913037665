package main

import (
	"fmt"
	"net"
	"slices"
	"time"
)

// lane is how the server is run and stopped.
type lane string

const (
	// bare is the server by itself: SIGTERM reaches it at T0.
	bare lane = "bare"
	// asleep is the server by itself on a platform with a preStop sleep: SIGTERM
	// reaches it when the sleep is over.
	asleep lane = "sleep"
	// drained is the server under drainit, which gets SIGTERM at T0.
	drained lane = "drainit"
	// fronted is the same, with drainit's own proxy before the server.
	fronted lane = "front"
)

// Modes of the example server on SIGTERM.
const (
	serverExits   = "exit"
	serverDrains  = "drain"
	serverIgnores = "ignore"
)

// cell is one rollout: everything that decides what becomes of its requests.
// All times of a stop count from T0, when the platform begins it.
type cell struct {
	lane           lane
	rule           rule
	lag            time.Duration // from a decision about a replica until the routes follow
	probeInterval  time.Duration // byProbe only, as is the next
	probeThreshold int
	mode           string        // what the server does on SIGTERM
	response       time.Duration // how long the server takes to answer
	startDelay     time.Duration // how long the server takes to listen
	hold           time.Duration // the preStop sleep; drainit's --drain-delay
	unready        string        // drainit's --unready-after, "" for its default
	grace          time.Duration // SIGKILL by the platform; drainit's --grace-period
	rate           int           // requests a second
	keep           bool          // they are POSTs on connections that clients keep, else each has its own
	limit          time.Duration // for one request
}

// binaries are the absolute paths of the programs a cell runs.
type binaries struct {
	self, server, drainit string
}

// command returns the command line of a replica that serves version on addr.
// probe is the address of drainit's probes, inner that of the server behind a
// front.
func (c cell) command(b binaries, version, addr, probe, inner string) []string {
	own := addr
	if c.lane == fronted {
		own = inner
	}
	server := []string{
		b.server,
		"-addr", own,
		"-version", version,
		"-mode", c.mode,
		"-response-time", c.response.String(),
		"-start-delay", c.startDelay.String(),
	}
	if !c.underDrainit() {
		return server
	}
	if c.lane == fronted {
		return append([]string{b.drainit,
			"--grace-period", c.grace.String(),
			"--drain-delay", c.hold.String(),
			"--probe-addr", probe,
			"--front", addr + "=" + inner,
			"--",
		}, server...)
	}
	_, port, _ := net.SplitHostPort(addr)
	drainit := []string{b.drainit,
		"--grace-period", c.grace.String(),
		"--drain-delay", c.hold.String(),
		"--probe-addr", probe,
		"--ports", port,
	}
	if c.unready != "" {
		drainit = append(drainit, "--unready-after", c.unready)
	}
	return slices.Concat(drainit, []string{"--"}, server)
}

// underDrainit reports whether drainit runs the server.
func (c cell) underDrainit() bool { return c.lane == drained || c.lane == fronted }

// setting is what its user wrote to have the server stopped in this way.
func (c cell) setting() string {
	switch c.lane {
	case asleep:
		return fmt.Sprintf("preStop: sleep %v", c.hold)
	case drained:
		unready := ""
		if c.unready != "" {
			unready = " --unready-after " + c.unready
		}
		return fmt.Sprintf("--drain-delay %v --grace-period %v%s", c.hold, c.grace, unready)
	case fronted:
		return fmt.Sprintf("--front :8080=127.0.0.1:8081 --drain-delay %v --grace-period %v", c.hold, c.grace)
	default:
		return ""
	}
}

// deadline is when drainit, given the grace period, kills: 2s before the
// platform would, or a fifth of a grace period under 10s.
func (c cell) deadline() time.Duration {
	if c.grace < 10*time.Second {
		return c.grace - c.grace/5
	}
	return c.grace - 2*time.Second
}

// serves is how long after T0 a stopping replica still takes new connections.
func (c cell) serves() time.Duration {
	switch {
	case c.lane == fronted:
		return c.hold
	case c.mode == serverIgnores && c.lane == drained:
		return c.deadline()
	case c.mode == serverIgnores:
		return c.grace
	case c.lane == bare:
		return 0
	default:
		return c.hold
	}
}

// needed is how long after T0 it has to: until no route leads to it and, where
// the end cuts what is in flight, until that has been answered.
func (c cell) needed() time.Duration {
	needed := c.lag
	if c.rule == byProbe {
		needed += time.Duration(c.probeThreshold) * c.probeInterval
		if !c.underDrainit() {
			// Nothing turns red before the server itself is gone.
			needed += c.serves()
		}
	}
	if c.mode != serverDrains && c.lane != fronted {
		needed += c.response
	}
	return needed
}

// pinned reports whether clients stay with a replica until it ends them, whatever
// the routes say: on connections they keep, unless it has them leave.
func (c cell) pinned() bool { return c.keep && c.lane != fronted }

// covered reports whether no request should be lost: arithmetic, to hold the
// measurement against.
func (c cell) covered() bool { return !c.pinned() && c.serves() >= c.needed() }

// exposed reports whether requests must be lost: not where clients have left and
// keep what they have with others. They may open no connection until the routes
// follow.
func (c cell) exposed() bool { return !c.covered() && (!c.keep || c.lane != fronted) }

// connections says whether clients keep theirs.
func (c cell) connections() string {
	if c.keep {
		return "kept"
	}
	return "new"
}

// load is what the clients send.
func (c cell) load() string {
	if c.keep {
		return "POSTs on kept connections"
	}
	return "new connections"
}

// String names the cell in one line.
func (c cell) String() string {
	kept := ""
	if c.keep {
		kept = ", kept connections"
	}
	return fmt.Sprintf("%s, routes by %s, lag %v, response %v, server %s%s", c.lane, c.rule, c.lag, c.response, c.mode, kept)
}
