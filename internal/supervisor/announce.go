package supervisor

import (
	"slices"
	"strings"

	"drainit/internal/config"
	"drainit/internal/drain"
	"drainit/internal/look"
	"drainit/internal/signals"
)

// entered logs a transition, one line each. While running nothing is said.
func (s *supervisor) entered(e drain.Enter) {
	rec := s.machine.Record()
	switch e.State {
	case drain.Draining:
		s.log.Info("stop requested", append([]any{"signal", requestName(rec.Request),
			"hold", holdOf(s.cfg.Plan, rec), "rule", rec.HoldRule, "deadline", orOff(s.cfg.Plan.Deadline)}, s.intention(rec)...)...)
	case drain.Stopping:
		if rec.Latest == 0 {
			s.warnOfProgram(s.target, rec)
		}
		if s.cfg.StopSignal.None() {
			s.log.Info("stop left to the actions", append([]any{"program", s.program, "hold_ended", e.Why, "after", s.sinceStop()}, slices.Concat(peersAttrs(rec), evidenceOf(rec))...)...)
			return
		}
		if !s.delivery.reached {
			s.log.Error("stop signal not sent", "signal", signals.Name(s.target.Signal), "program", s.program, "pid", s.target.PID,
				"hold_ended", e.Why, "after", s.sinceStop())
			return
		}
		s.log.Info("stop signal sent", slices.Concat([]any{"signal", signalName(s.target.Signal), "program", s.program, "pid", s.target.PID},
			whyOf(s.target), []any{"hold_ended", e.Why, "after", s.sinceStop()}, peersAttrs(rec), evidenceOf(rec), s.noteNow(rec))...)
	case drain.Killing:
		s.killing(rec)
	case drain.Sweeping:
		s.gate.SetChildGone("child exited")
		s.explainKill()
		if s.machine.Finishing() {
			return // within a second
		}
		s.log.Info("child exited, leftovers remain", "status", rec.Status, "leftovers", s.leftovers,
			"sweep", s.cfg.Plan.Sweep, "after", s.sinceStop())
	case drain.Exited:
		s.gate.SetChildGone("child exited")
		s.explainKill()
		s.countCut(s.host.init) // what is left was killed, or is now
		s.report(s.machine.Record(), e.Why)
	}
}

// whyOf says why a target gets its signal, unless it is what any would get.
func whyOf(t signals.Target) []any {
	if t.Why == signals.ByDefault {
		return nil
	}
	return []any{"why", t.Why}
}

// replaced says which signal counts as the stop request from now on.
func (s *supervisor) replaced() {
	rec := s.machine.Record()
	s.log.Info("stop request replaced", "signal", requestName(rec.Request), "first_request", requestName(rec.First), "after", s.sinceStop())
}

// killing says what SIGKILL has reached.
func (s *supervisor) killing(rec drain.Record) {
	if s.end.reach.sent == 0 && s.end.reach.err != nil {
		s.log.Warn("deadline hit, SIGKILL not sent", "after", s.sinceStop(), "error", s.end.reach.err)
		return
	}
	to := "descendants"
	switch {
	case s.host.init:
		to = "the PID namespace"
	case !s.end.reach.known:
		to = "the program and its process group; /proc does not tell what else there is"
	}
	s.log.Warn("deadline hit, SIGKILL sent", append([]any{"after", s.sinceStop(), "to", to,
		"remedy", s.againstKill(s.target, "find what the program still does")}, connectionsThen(rec.AtDeadline)...)...)
}

// warnOfKill says of a program that is still there when its fast signal would be due,
// and has none, that SIGKILL is next, while there is somebody to look at.
func (s *supervisor) warnOfKill(t signals.Target) {
	s.guarded(s.noteTrap)
	own := "the program's own limit for a stop, set to end within " + config.Short(s.cfg.Plan.StopBudget())
	s.log.Warn("SIGKILL is next", append([]any{"program", t.Name, "pid", t.PID, "in", max(0, s.cfg.Plan.Deadline-s.sinceStop()), "after", s.sinceStop(),
		"remedy", s.againstKill(t, own)}, connectionsThen(s.machine.Record().Last)...)...)
}

// againstKill is what helps a program that SIGKILL is to end: what is known of it, else
// what is said of any.
func (s *supervisor) againstKill(t signals.Target, ofAny string) string {
	const longer = "a longer grace period"
	switch p := t.Program; {
	case s.delivery.trap:
		return "a shell runs its trap when the command in its foreground has ended, and not before: start that with & and then wait, or exec it"
	case p.Bound != "" && t.Signal == p.End():
		return longer + "; " + p.Unending(config.Short(s.cfg.Plan.StopBudget()))
	}
	return longer + ", or " + ofAny
}

// noteTrap looks, while it is still there, at who was told to stop and has not.
func (s *supervisor) noteTrap() {
	p := s.host.lookAt(s.target.PID, look.Patience)
	s.delivery.trap = p.Traps(s.target.Signal)
}

// intention says what the stop signal will be. Where nothing is held it is sent
// before anybody could read that.
func (s *supervisor) intention(rec drain.Record) []any {
	if rec.Latest == 0 {
		return nil
	}
	target := s.cfg.StopSignal.Resolve(s.running(), s.request()).Program()
	s.warnOfProgram(target, rec)
	attrs := []any{"will_send", s.intended(target), "program", target.Name, "pid", target.PID}
	if len(rec.WaitsFor) > 0 {
		attrs = append(attrs, "waits_for", strings.Join(rec.WaitsFor, ","), "latest", rec.Latest)
	}
	if rec.Until != drain.UntilDelay {
		attrs = append(attrs, "until", rec.Until.String())
	}
	if rec.Until != drain.UntilDelay && len(rec.WaitsFor) == 0 {
		attrs = append(attrs, "latest", rec.Latest)
	}
	return append(attrs, s.note(target, rec)...)
}

// noteNow is the note of a stop that nothing held, and so told nobody of before.
func (s *supervisor) noteNow(rec drain.Record) []any {
	if rec.Latest > 0 {
		return nil
	}
	return s.note(s.target, rec)
}

// intended is a schedule as it was given, else the signal that it will be.
func (s *supervisor) intended(t signals.Target) string {
	if s.cfg.StopSignal.Auto() {
		return signals.Name(t.Signal)
	}
	return s.cfg.StopSignal.String()
}

// progress says what a drain waits for, so that its last line before a
// platform's SIGKILL is a diagnosis.
func (s *supervisor) progress(waitingFor string) {
	attrs := []any{"for", waitingFor, "after", s.sinceStop()}
	if s.machine.State() >= drain.Killing {
		if n := len(s.countLeftovers()); n > 0 {
			attrs = append(attrs, "leftovers", n)
		}
	}
	s.log.Info("waiting", attrs...)
}
