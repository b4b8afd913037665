package supervisor

import (
	"time"

	"drainit/internal/drain"
	"drainit/internal/signals"
)

// found is what was found out at the stop request.
type found struct {
	facts drain.Facts
	tree  *signals.Tree // what is running; nil: not known
}

// ask finds out what there is to hold for, and what is running: all at once and
// beside the loop, which has readiness red by then. What is not known within the
// time stays unknown; what hangs is left behind.
func (s *supervisor) ask(within time.Duration) {
	patience := within * 4 / 5 // so that the answer is in time, too
	listening := beside(s, s.lookForListeners)
	rate := beside(s, s.view.evidence.ArrivalRate)
	tree := beside(s, func() signals.Tree { return s.host.tree(s.child.PID, patience) })
	go func() {
		over := time.NewTimer(patience)
		defer over.Stop()
		var f found
		for listening != nil || rate != nil || tree != nil {
			select {
			case f.facts.Listening = <-listening:
				listening = nil
			case f.facts.ArrivalRate = <-rate:
				rate = nil
			case now := <-tree:
				f.tree, tree = &now, nil
			case <-over.C:
				listening, rate, tree = nil, nil, nil
			}
		}
		s.inbox.found <- f // there is one in a drainit's life, and room for it
	}()
}

// beside asks in a goroutine of its own. A mistake in it answers nothing.
func beside[T any](s *supervisor, ask func() T) <-chan T {
	answer := make(chan T, 1)
	go s.guarded(func() { answer <- ask() })
	return answer
}

// answered is told what was found.
func (s *supervisor) answered(f found) {
	s.delivery.tree = f.tree
	s.step(f.facts)
}

// running is what was running at the stop request, as far as that is known
// without waiting.
func (s *supervisor) running() signals.Tree {
	if s.delivery.tree != nil {
		return *s.delivery.tree
	}
	return s.host.tree(s.childPID(), 0)
}

// lookForListeners looks only where the answer can matter: the rule is about a
// hold that a default gave.
func (s *supervisor) lookForListeners() drain.Answer {
	if s.cfg.Plan.Delay == 0 || s.cfg.Plan.DelayGiven {
		return drain.Unknown
	}
	return s.view.listening()
}
