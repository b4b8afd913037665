package ctl

import (
	"cmp"
	"errors"
	"fmt"
	"syscall"
	"time"

	"drainit/internal/config"
	"drainit/internal/drain"
	"drainit/internal/probe"
	"drainit/internal/signals"
)

// stop sends the drainit of this container a stop request: the first begins the stop, and
// the same signal again is its next step. It works without a shell and without kill(1) in
// the image, and from within the container alone.
func (c call) stop() error {
	sc, err := c.flags(config.Flags{"probe-addr": config.TakesValue}, 0)
	if err != nil {
		return err
	}
	n, ok := c.around.findDrainit()
	if !ok {
		return fmt.Errorf("not stopped: %s", c.around.whoIsHere())
	}
	if !n.sure {
		return fmt.Errorf("not stopped: PID %d may be the drainit of another container that shares its PIDs with this one", n.pid)
	}
	under := c.underWay(sc)
	sig := cmp.Or(under.signal, c.firstRequest(n))
	if under.state == probe.StateDraining {
		time.Sleep(drain.AgainAfter - under.ago) // or else it would be taken for the same one
	}
	if err := c.around.kill(n.pid, sig); err != nil {
		remedy := ""
		if errors.Is(err, syscall.EPERM) {
			remedy = "; it runs as another user: run ctl as that one (docker exec -u)"
		}
		return fmt.Errorf("not stopped: %s to PID %d: %w%s", signals.Name(sig), n.pid, err, remedy)
	}
	_, err = fmt.Fprintf(c.stdout, "sent %s to drainit, PID %d: %s\n", signals.Name(sig), n.pid, under.next())
	return err
}

// firstRequest is SIGTERM, or the first signal of a --stop-on without it.
func (c call) firstRequest(n neighbour) syscall.Signal {
	env := c.env
	if environ, err := c.around.env(n.pid); err == nil {
		env = environ
	}
	listed := config.Read(n.argv[1:], env).Config.StopOn.Listed()
	if all := listed.Signals(); len(all) > 0 && !listed.Has(syscall.SIGTERM) {
		return all[0]
	}
	return syscall.SIGTERM
}

// underWay is a stop as the probe address tells of it. The zero value is none, or that it
// does not tell.
type underWay struct {
	state  string
	signal syscall.Signal // with which it began, and with which one asks for its next step
	hungUp bool           // it began with a hangup
	ago    time.Duration  // since it began
}

func (c call) underWay(sc config.Scanned) (u underWay) {
	to, err := c.target(sc)
	if err != nil {
		return u
	}
	st, _, err := c.drain(to)
	if err != nil {
		return u
	}
	u.state = st.State
	if r := st.StopRequest; r != nil {
		u.hungUp = r.Signal == probe.Hangup
		u.ago = time.Duration(r.SecondsAgo * float64(time.Second))
		u.signal, _ = signals.Parse(r.Signal)
	}
	return u
}

// next says what a stop request does. After a hangup the first signal only takes its
// place.
func (u underWay) next() string {
	const first = "the first signal since the hangup ends nothing yet; once more "
	switch {
	case u.hungUp && u.state == probe.StateDraining:
		return first + "ends the hold"
	case u.hungUp && u.state == probe.StateStopping:
		return first + "sends the next signal of the schedule, if there is one"
	}
	switch u.state {
	case probe.StateRunning:
		return "a stop begins; once more ends the hold"
	case probe.StateDraining:
		return "the hold ends now"
	case probe.StateStopping:
		return "the next signal of the schedule is sent now, if there is one"
	case probe.StateSweeping:
		return "what the program left behind ends now"
	}
	return "drainit ctl status shows what it does"
}
