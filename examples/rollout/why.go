package main

import (
	"fmt"
	"strings"
	"time"

	"drainit/examples/load"
)

// told says in sentences what a result shows: what was lost, how, where and when,
// and why.
func (r result) told() string {
	why := r.cell.why
	if len(r.counts.losses) == 0 {
		why = r.cell.whyNot
	}
	return fmt.Sprintf("%s %s A stop took %s, the rollout %s.", r.lost(), why(), seconds(r.meanStop()), seconds(r.took))
}

// cure says which setting cures what was lost last in the scene, and which lanes
// lost nothing; it is empty where nothing was lost for want of a setting.
func (s scene) cure() string {
	cure := ""
	var sound []string
	for _, r := range s.results {
		switch {
		case len(r.counts.losses) == 0:
			sound = append(sound, string(r.cell.lane))
		case !r.cell.covered():
			cure = r.cell.cure()
		}
	}
	if cure != "" && sound != nil {
		cure += fmt.Sprintf(" Here %s lost nothing.", strings.Join(sound, " and "))
	}
	return cure
}

// lost says how many were lost, how, where and when.
func (r result) lost() string {
	lost := len(r.counts.losses)
	if lost == 0 {
		return fmt.Sprintf("Lost none of %d requests.", r.counts.sent)
	}
	var kinds []string
	for _, how := range load.Losses {
		if n := r.counts.lost(how); n > 0 {
			kinds = append(kinds, fmt.Sprintf("%s %d", how, n))
		}
	}
	text := fmt.Sprintf("Lost %d of %d requests (%s)", lost, r.counts.sent, strings.Join(kinds, ", "))
	w := r.window()
	if w.within > 0 {
		text += fmt.Sprintf(", from %s to %s after the stop request", w.first(), w.last())
	}
	if at := r.where(); at != "" {
		text += ": " + at
	}
	text += "."
	if w.outside > 0 {
		text += fmt.Sprintf(" %d of them were lost at replicas that nobody was stopping: these say nothing of stops.", w.outside)
	}
	return text
}

// where says which replicas lost how many, where that is known.
func (r result) where() string {
	var list []string
	for _, l := range r.lives {
		lost := 0
		for _, n := range r.counts.lostTo(l.addr) {
			lost += n
		}
		if lost > 0 {
			list = append(list, fmt.Sprintf("%d at %s %s", lost, l.name, l.version))
		}
	}
	return strings.Join(list, ", ")
}

// ends says what becomes of a server at its end, as its clients see it.
func (c cell) ends() string {
	switch {
	case c.mode == serverExits:
		return "exited, and cut what it was answering"
	case c.mode == serverDrains && c.keep:
		return "closed its port and the connections that were idle"
	case c.mode == serverDrains:
		return "closed its port"
	default:
		return "was killed at the end of its grace period, and what it was answering was cut"
	}
}

// routed is how long after T0 the routes lead to a replica.
func (c cell) routed() time.Duration {
	needed := c.needed()
	if c.mode != serverDrains && c.lane != fronted {
		needed -= c.response
	}
	return needed
}

// enoughHold is a hold that covers what is needed, in whole seconds.
func (c cell) enoughHold() time.Duration { return (c.needed() + time.Second).Round(time.Second) }

// why says why requests were lost.
func (c cell) why() string {
	switch {
	case c.covered():
		return fmt.Sprintf("That is not as it should be: it serves for %v after the stop request, and %v are needed. "+
			"Is this machine very busy?", c.serves(), c.needed())
	case c.pinned() && c.lane == bare:
		return fmt.Sprintf("SIGTERM reached the server at once. It %s.", c.ends())
	case c.pinned():
		return fmt.Sprintf("Clients that keep a connection stay with a replica whatever the routes say, here through the hold of %v. "+
			"Then the server %s.", c.hold, c.ends())
	case c.lane == asleep && c.rule == byProbe:
		return fmt.Sprintf("Nothing turns red while the platform sleeps: health checks failed only when the server was gone, "+
			"%v after the stop request, and until the routes had followed they led nowhere.", c.serves())
	case c.serves() == 0:
		return fmt.Sprintf("SIGTERM reached the server at once. It %s; the routes still led to it for %v.", c.ends(), c.routed())
	default:
		return fmt.Sprintf("After %v the server %s; but the routes led to it for %v.", c.serves(), c.ends(), c.routed())
	}
}

// cure says which setting cures what was lost.
func (c cell) cure() string {
	enough := c.enoughHold()
	switch {
	case c.pinned():
		return "--front: drainit's own proxy takes the connections and has the clients leave. No hold alone cures it."
	case c.rule == byProbe && !c.underDrainit():
		return "drainit: /readyz is red from the stop request on, while the server serves on. A sleep turns nothing red."
	case c.mode == serverIgnores:
		return fmt.Sprintf("a longer grace period: here -grace %v.", enough+2*time.Second)
	case c.lane == bare:
		return fmt.Sprintf("a hold of more than %v, which is how long requests still come: --drain-delay, or a preStop sleep.", c.needed())
	default:
		return fmt.Sprintf("a longer hold, of more than %v: --drain-delay %v, or as long a sleep; here -hold %v.", c.needed(), enough, enough)
	}
}

// whyNot says why nothing was lost.
func (c cell) whyNot() string {
	switch {
	case !c.covered() && c.lane == fronted:
		return "The clients had left, and opened no connection while the routes still led there."
	case !c.covered():
		return "That is luck, and shows nothing: no request met the end of a replica. More of them would: see -rate."
	case c.mode == serverIgnores && c.lane != fronted:
		return "The server ignores SIGTERM and serves until SIGKILL: it needs no hold, and every stop takes as long as it may."
	case c.lane == asleep:
		return fmt.Sprintf("The platform slept for %v before it sent SIGTERM, and the routes had left after %v.", c.hold, c.routed())
	case c.lane == fronted && c.keep:
		return fmt.Sprintf("drainit's own proxy served on for %v and told each client to leave with its next answer. "+
			"The server got SIGTERM when nothing was in flight.", c.hold)
	case c.lane == fronted:
		return fmt.Sprintf("drainit's own proxy served on for %v, and the routes had left after %v. "+
			"The server got SIGTERM when nothing was in flight.", c.hold, c.routed())
	default:
		return fmt.Sprintf("drainit's /readyz was red at once, SIGTERM was held for %v, and the routes had left after %v.", c.hold, c.routed())
	}
}
