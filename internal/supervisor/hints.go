package supervisor

import (
	"fmt"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"drainit/internal/config"
	"drainit/internal/drain"
	"drainit/internal/signals"
)

// notes says in one line what whoever reads of this stop may want to know of
// the program, "" for nothing.
func (s *supervisor) notes(t signals.Target, rec drain.Record) string {
	var notes []string
	p := t.Program
	if p.Drains && t.Signal == p.End() && rec.Until != drain.UntilDelay {
		notes = append(notes, fmt.Sprintf("%s finishes what is in flight by itself: --drain-until %v costs time for nothing", p.Name, rec.Until))
	}
	if p.Holds != "" && rec.Hold > 0 {
		notes = append(notes, fmt.Sprintf("%s can hold by itself (%s): of that and --drain-delay one should be 0", p.Name, p.Holds))
	}
	if budget := s.cfg.Plan.StopBudget(); budget > 0 && t.Signal == p.End() && p.Bound != "" {
		notes = append(notes, p.Unending(config.Short(budget)))
	}
	if p.Lacks != "" && !p.Cuts {
		notes = append(notes, p.Lacks)
	}
	switch {
	case t.Response == signals.Ends && rec.Until == drain.UntilDelay && rec.Hold > 0 && p.Name == "":
		notes = append(notes, fmt.Sprintf("the program does not handle %s, which ends it at once; --drain-until idle would wait for what is in flight", signals.Name(t.Signal)))
	case t.Response == signals.Ignores:
		notes = append(notes, fmt.Sprintf("the program ignores %s, so that only SIGKILL will end it; set --stop-signal to what does", signals.Name(t.Signal)))
	}
	return strings.Join(notes, "; ")
}

// note is notes as attributes.
func (s *supervisor) note(t signals.Target, rec drain.Record) []any {
	if text := s.notes(t, rec); text != "" {
		return []any{"note", text}
	}
	return nil
}

// warnOfProgram warns of a stop that will not go well, as far as the table of
// programs tells, unless something was set that may see to it.
func (s *supervisor) warnOfProgram(t signals.Target, rec drain.Record) {
	p := t.Program
	request := unix.Signal(rec.Request)
	if t.Signal != 0 && p.GoesOn.Has(t.Signal) {
		s.log.Warn("the stop signal does not end the program", "signal", signals.Name(t.Signal), "program", p.Name,
			"remedy", "write --stop-signal auto")
	}
	if request == syscall.SIGHUP && p.GoesOn.Has(request) && s.cfg.StopSignal.Auto() {
		s.log.Warn("the stop request would not end the program", "signal", signals.Name(request), "program", p.Name,
			"will_send", signals.Name(t.Signal), "remedy", "it reads its configuration again on that and goes on; write STOPSIGNAL SIGTERM in the image")
	}
	seenTo := rec.Until != drain.UntilDelay || !s.cfg.StopSignal.Auto() || s.cfg.AtDrain != nil || s.cfg.AtStop != nil
	if p.Cuts && !seenTo {
		s.log.Warn("the program cuts requests in flight", "program", p.Name, "remedy", p.Lacks+"; --drain-until idle")
	}
}

// noteReload says of the first SIGHUP that was passed on that it is no stop, since
// there are images that have it for their STOPSIGNAL. It is called beside the loop,
// so as to delay no signal.
func (s *supervisor) noteReload(to signals.Process) {
	if !signals.Identify(to.Comm, to.Argv).GoesOn.Has(syscall.SIGHUP) {
		return
	}
	s.log.Info("SIGHUP passed on", "program", to.Name(), "pid", to.PID,
		"note", "it goes on after that; where SIGHUP is to stop it (the image's STOPSIGNAL), write STOPSIGNAL SIGTERM there, or --stop-on TERM,HUP here")
}
