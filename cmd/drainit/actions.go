package main

import (
	"errors"
	"syscall"
	"time"

	"drainit/internal/drain"
	"drainit/internal/probe"
)

// actions are those of the instant that came last, one after the other. They
// belong to the loop, but for the counts.
type actions struct {
	batch   int          // of which the results count
	todo    []dueAction  // after the one under way
	running *dueAction   // nil: none
	until   time.Time    // when all are to be over
	results chan outcome // room for all: nobody may listen any more

	done probe.Actions // behind the supervisor's mu
}

// dueAction is an action with the name of its instant: drain or stop.
type dueAction struct {
	action
	at string
}

// outcome is what became of the action under way, or that none is left.
type outcome struct {
	batch int
	over  bool
	err   error
}

func newActions(cfg config) actions {
	return actions{results: make(chan outcome, len(cfg.AtDrain)+len(cfg.AtStop)+2)}
}

// act begins the actions of an instant. What is under way from the one before
// is given up.
func (s *supervisor) act(a drain.Act) {
	s.giveUp("the stop signal is due") // and its own come now
	if a.Drain {
		s.due("drain", s.cfg.AtDrain)
	}
	if a.Stop {
		s.due("stop", s.cfg.AtStop)
	}
	s.actions.until = time.Now().Add(a.Within)
	s.actNext()
}

// skip says of the actions of an instant that they are not done.
func (s *supervisor) skip(a drain.Skip) {
	s.giveUp("the stop signal is due")
	if a.Drain {
		s.due("drain", s.cfg.AtDrain)
	}
	if a.Stop {
		s.due("stop", s.cfg.AtStop)
	}
	s.giveUp("no time is left before the deadline")
}

func (s *supervisor) due(at string, list []action) {
	for _, a := range list {
		s.actions.todo = append(s.actions.todo, dueAction{a, at})
	}
}

// actNext does what is left up to the first action that may take a while. That
// runs beside the loop, with its share of the time, so that one that hangs does
// not cost the others theirs.
func (s *supervisor) actNext() {
	q := &s.actions
	for len(q.todo) > 0 {
		a := q.todo[0]
		q.todo = q.todo[1:]
		if a.signal != 0 {
			s.acted(a, s.actSignal(a.signal))
			continue
		}
		q.running = &a
		share := time.Until(q.until) / time.Duration(len(q.todo)+1)
		go s.runAction(a.run, max(share, time.Millisecond), q.batch)
		return
	}
	q.results <- outcome{batch: q.batch, over: true}
}

var (
	errHangs = errors.New("not done in time")
	errOurs  = errors.New("internal error")
)

func (s *supervisor) runAction(run func(time.Duration) error, within time.Duration, batch int) {
	result := make(chan error, 1)
	go func() {
		err := errOurs
		s.guarded(func() { err = run(within) })
		result <- err
	}()
	err := errHangs
	select {
	case err = <-result:
	case <-time.After(within):
	}
	s.actions.results <- outcome{batch: batch, err: err}
}

// outcome is told what became of the action under way.
func (s *supervisor) outcome(o outcome) {
	if o.batch != s.actions.batch {
		return
	}
	if o.over {
		s.step(drain.ActionsDone{})
		return
	}
	a := *s.actions.running
	s.actions.running = nil
	s.acted(a, o.err)
	if s.ended {
		s.giveUp("the program has gone") // and its PID may be a stranger's
		return
	}
	s.actNext()
}

// giveUp ends the actions under way, and says why.
func (s *supervisor) giveUp(why string) {
	left := s.actions.todo
	if s.actions.running != nil {
		left = append([]dueAction{*s.actions.running}, left...)
	}
	s.actions.todo, s.actions.running = nil, nil
	s.actions.batch++
	for _, a := range left {
		s.acted(a, errors.New("given up: "+why))
	}
}

// actSignal signals whom the stop signal would go to.
func (s *supervisor) actSignal(sig syscall.Signal) error {
	target, _ := s.aim(syscall.Signal(s.machine.Record().Request), lookPatience)
	target.Signal = sig
	err := s.send(target)
	switch {
	case err == nil:
		s.count(s.forwarded, sig)
	case errors.Is(err, syscall.EPERM):
		err = errors.New("not allowed; the program runs as another user; add the capability CAP_KILL to the container")
	}
	return err
}

// acted counts an action and says what became of it.
func (s *supervisor) acted(a dueAction, err error) {
	s.mu.Lock()
	counts := &s.actions.done.AtDrain
	if a.at == "stop" {
		counts = &s.actions.done.AtStop
	}
	if err == nil {
		counts.Done++
	} else {
		counts.Failed++
	}
	s.mu.Unlock()
	if err != nil {
		s.log.Warn("action failed", "at", a.at, "action", a.text, "error", err, "after", s.sinceStop())
		return
	}
	s.log.Info("action done", "at", a.at, "action", a.text, "after", s.sinceStop())
}
