package main

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// The times of one measurement.
const (
	slowTakes   = 3 * time.Second
	halfWay     = slowTakes / 2    // a request in flight is half done when the signal comes
	allowed     = 30 * time.Second // docker stop --time, and DRAINIT_GRACE_PERIOD where it is set
	hold        = 5 * time.Second  // what drainit makes of that grace period
	settled     = 1 * time.Second  // from the first answer to the stop
	startsUp    = 40 * time.Second // at most, until the first answer
	connections = 3                // kept open
)

// fresh are the instants after the stop at which somebody new connects.
var fresh = []time.Duration{250 * time.Millisecond, time.Second, 3 * time.Second}

// An outcome is what clients saw of one stop.
type outcome struct {
	InFlight answer        // the request half done when the engine's signal came
	AtSignal answer        // where the stop signal is held: the one half done when that came; else ""
	Fresh    []answer      // one for each of fresh
	Exit     time.Duration // from the engine's signal
	Status   int
	log      string
}

// killed reports whether it was ended by SIGKILL: the engine's, or drainit's at the deadline.
func (o outcome) killed() bool { return o.Status == 137 }

// measure stops a set-up under an init, once.
func (l *lab) measure(s setup, i initer) line {
	beside, server, client, err := l.open(s, i)
	defer beside.remove()
	defer server.remove()
	var o outcome
	if err == nil {
		o, err = stopBusy(server, client, i.holds)
	}
	o.log = server.logs()
	return line{i, o, err}
}

// stopBusy stops a server that has connections open.
func stopBusy(server container, c client, holds bool) (outcome, error) {
	for range connections {
		kept, err := c.keep()
		if err != nil {
			return outcome{}, err
		}
		defer kept.Close()
	}
	time.Sleep(settled)
	return stop(server, c, holds)
}

// open starts what is beside the server, which holds the network, and the server, and waits for its first answer.
func (l *lab) open(s setup, i initer) (beside, server container, c client, err error) {
	with := s.beside
	if with == nil {
		with = []string{"/helper", "backend"}
	}
	if beside, err = start(l.network, l.images.bare, s.besideFlags, with...); err != nil {
		return beside, server, c, err
	}
	address, err := beside.address(l.network)
	if err != nil {
		return beside, server, c, err
	}
	c = s.client(address, beside)
	flags := append([]string{}, s.flags...)
	for _, variable := range i.variables(s) {
		flags = append(flags, "--env", variable)
	}
	if server, err = start(beside.network(), i.image(l.images), flags, s.command...); err != nil {
		return beside, server, c, err
	}
	for limit := time.Now().Add(startsUp); c.prepare(false)() != served; time.Sleep(100 * time.Millisecond) {
		if !server.running() {
			return beside, server, c, errors.New("the server has exited before it served")
		}
		if time.Now().After(limit) {
			return beside, server, c, fmt.Errorf("no answer within %v", startsUp)
		}
	}
	return beside, server, c, nil
}

// stop makes the requests of one stop and returns what became of them.
func stop(server container, c client, holds bool) (outcome, error) {
	o := outcome{Fresh: make([]answer, len(fresh))}
	inFlight, atSignal := c.prepare(true), func() answer { return "" }
	if holds {
		atSignal = c.prepare(true)
	}
	var knocks []func() answer
	for range fresh {
		knocks = append(knocks, c.prepare(false))
	}
	time.Sleep(settled)

	var pending sync.WaitGroup
	defer pending.Wait()
	answered := make(chan struct{})
	pending.Go(func() {
		o.InFlight = inFlight()
		close(answered)
	})
	time.Sleep(halfWay)
	select {
	case <-answered:
		return o, fmt.Errorf("the request that takes %v is over before the stop: %s", slowTakes, o.InFlight)
	default:
	}
	signalled, err := server.stop(allowed)
	if err != nil {
		return o, err
	}
	pending.Go(func() {
		time.Sleep(time.Until(signalled.Add(hold - halfWay)))
		o.AtSignal = atSignal()
	})
	for n, after := range fresh {
		pending.Go(func() {
			time.Sleep(time.Until(signalled.Add(after)))
			o.Fresh[n] = knocks[n]()
		})
	}
	ended, err := server.waitExit()
	if err != nil {
		return o, err
	}
	pending.Wait()
	o.Exit, o.Status = ended.at.Sub(signalled), ended.status
	return o, nil
}
