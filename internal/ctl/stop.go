package ctl

import (
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
	sig, state, hungUp, ago := c.stopUnderWay(sc, c.firstRequest(n))
	if state == probe.StateDraining {
		time.Sleep(drain.AgainAfter - ago) // or else it would be taken for the same one
	}
	if err := c.around.kill(n.pid, sig); err != nil {
		remedy := ""
		if errors.Is(err, syscall.EPERM) {
			remedy = "; it runs as another user: run ctl as that one (docker exec -u)"
		}
		return fmt.Errorf("not stopped: %s to PID %d: %w%s", signals.Name(sig), n.pid, err, remedy)
	}
	_, err = fmt.Fprintf(c.stdout, "sent %s to drainit, PID %d: %s\n", signals.Name(sig), n.pid, nextOf(state, hungUp))
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

// stopUnderWay returns the signal that asks for a stop, first, or, in one, for its next
// step: that which began it, some time ago. The state is "" where the probe address does
// not tell.
func (c call) stopUnderWay(sc config.Scanned, first syscall.Signal) (sig syscall.Signal, state string, hungUp bool, ago time.Duration) {
	to, err := c.target(sc)
	if err != nil {
		return first, "", false, 0
	}
	st, _, err := c.drain(to)
	if err != nil {
		return first, "", false, 0
	}
	sig = first
	if st.StopRequest != nil {
		hungUp = st.StopRequest.Signal == probe.Hangup
		ago = time.Duration(st.StopRequest.SecondsAgo * float64(time.Second))
		if began, err := signals.Parse(st.StopRequest.Signal); err == nil {
			sig = began
		}
	}
	return sig, st.State, hungUp, ago
}

// nextOf says what a stop request does in a state. After a hangup the first signal only
// takes its place.
func nextOf(state string, hungUp bool) string {
	const first = "the first signal since the hangup ends nothing yet; once more "
	switch {
	case hungUp && state == probe.StateDraining:
		return first + "ends the hold"
	case hungUp && state == probe.StateStopping:
		return first + "sends the next signal of the schedule, if there is one"
	}
	switch state {
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
