package supervisor

import (
	"errors"
	"syscall"
	"time"

	"drainit/internal/config"
	"drainit/internal/drain"
	"drainit/internal/look"
	"drainit/internal/probe"
	"drainit/internal/signals"
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
	config.Action
	at string
}

// outcome is what became of the action under way, or that none is left. A signal
// is only aimed until the loop sends it: a PID is good as long as nobody reaps.
type outcome struct {
	batch int
	over  bool
	aimed *signals.Target
	err   error
}

func newActions(cfg config.Config) actions {
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

func (s *supervisor) due(at string, list []config.Action) {
	for _, a := range list {
		s.actions.todo = append(s.actions.todo, dueAction{a, at})
	}
}

// actNext begins the next action. It runs beside the loop, with its share of the
// time, so that one that hangs does not cost the others theirs.
func (s *supervisor) actNext() {
	q := &s.actions
	if len(q.todo) == 0 {
		q.results <- outcome{batch: q.batch, over: true}
		return
	}
	a := q.todo[0]
	q.todo = q.todo[1:]
	q.running = &a
	share := max(time.Until(q.until)/time.Duration(len(q.todo)+1), time.Millisecond)
	if a.Signal != 0 {
		go s.aimAction(s.childPID(), s.request(), share, q.batch)
		return
	}
	go s.runAction(a.Run, share, q.batch)
}

// aimAction finds out whom a signal goes to.
func (s *supervisor) aimAction(child int, request syscall.Signal, within time.Duration, batch int) {
	stop, _ := s.aim(child, request, min(within, look.Patience))
	target := stop.Program()
	s.actions.results <- outcome{batch: batch, aimed: &target}
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
	switch {
	case o.aimed == nil:
		s.actions.running = nil
		s.acted(a, o.err)
	case !s.end.ended:
		s.actions.running = nil
		s.acted(a, s.actSignal(*o.aimed, a.Signal))
	}
	if s.end.ended {
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
func (s *supervisor) actSignal(target signals.Target, sig syscall.Signal) error {
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
		s.log.Warn("action failed", "at", a.at, "action", a.Text, "error", err, "after", s.sinceStop())
		return
	}
	s.log.Info("action done", "at", a.at, "action", a.Text, "after", s.sinceStop())
}
