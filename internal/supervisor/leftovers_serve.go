package supervisor

import (
	"slices"
	"time"

	"drainit/internal/drain"
	"drainit/internal/look"
	"drainit/internal/signals"
)

// serveStill reports whether what the child leaves behind is still the program of the
// stop that goes on: those who were told together with the child, or, where a deadline
// bounds that, who serves. They are told, but for those that serve no more: the child
// has told them.
func (s *supervisor) serveStill() bool {
	switch {
	case !s.stopping() || s.end.killed:
		return false
	case len(s.delivery.told.programs) > 0:
		return true
	case s.cfg.Plan.Sweep == 0:
		return false
	case s.machine.Plan().Deadline == 0 || s.machine.State() == drain.Draining && !s.cfg.StopSignal.Auto():
		return false // a signal that was given is for the child, which has gone
	}
	tree := s.host.tree(0, look.Patience)
	if s.machine.State() == drain.Draining { // the stop signal is not due: they get it as the child would
		s.delivery.told.serving(tree)
		return len(s.delivery.told.served) > 0
	}
	return s.followServers(tree)
}

// followServers has the stop be about the leftovers that serve, or did before anybody
// was told, if there are any. They are told after a moment in which they may show that
// whom they belonged to has told them: a server that stops closes what it listens on.
func (s *supervisor) followServers(tree signals.Tree) bool {
	all, _ := signals.Leftovers(tree)
	var stop signals.Stop
	for _, t := range all {
		if t.Serves != signals.ServesNobody || s.delivery.told.servedIn(tree, t.PID) {
			stop.Programs = append(stop.Programs, t)
		}
	}
	if len(stop.Programs) == 0 {
		return false
	}
	s.mu.Lock()
	s.target, s.program = stop.Program(), stop.Program().Name // whom the report is about
	s.mu.Unlock()
	for _, t := range stop.Programs {
		if t.Serves == signals.ServesNobody {
			s.delivery.told.all[t.PID] = true
		}
	}
	passedOn := s.delivery.told.passedOn
	s.follow(stop)
	for i := range s.delivery.told.programs {
		s.delivery.told.programs[i].apart = true
	}
	if !passedOn { // else those that listen on while they drain would take it for "now"
		s.after(leftoverPatience, s.tellServers)
	}
	return true
}

// leftoverPatience is how long a server may take to close what it listens on.
const leftoverPatience = 250 * time.Millisecond

// tellServers tells the leftovers of the stop that serve still, by the rule by which
// their shells are told, too.
func (s *supervisor) tellServers() {
	if !s.stopping() {
		return
	}
	stop := signals.StopSignal{}.Resolve(s.host.tree(0, look.Patience), s.request())
	s.readOn(stop.Readers)
	for _, t := range slices.Concat(stop.First, stop.Programs) {
		if !s.delivery.told.was(t) && (t.Serves != signals.ServesNobody || slices.ContainsFunc(stop.First, func(f signals.Target) bool { return f.PID == t.PID })) {
			s.tell(t)
		}
	}
}
