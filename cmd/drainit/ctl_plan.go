package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"drainit/internal/drain"
	"drainit/internal/signals"
)

// plan prints the timeline that follows from drainit's flags and variables.
// Values that cannot be read are a misuse; that they do not fit is the answer
// no, after the timeline they would give.
func (c ctlCall) plan() error {
	r := readConfig(c.args, c.env)
	if r.cfg.Help {
		return errHelp
	}
	if r.problems != nil {
		return misuse{r.problems}
	}
	r.check()
	r.checkPod()
	if _, err := fmt.Fprint(c.stdout, planText(r.cfg)+podText(r.cfg.Settings)); err != nil {
		return err
	}
	for _, w := range unknownVariables(c.env) {
		fmt.Fprintln(c.stderr, "drainit:", w)
	}
	if r.problems != nil {
		return r.problems
	}
	return nil
}

// planText is the plan as a timeline, counted from the stop request.
func planText(cfg config) string {
	p, sig := cfg.Plan, cfg.StopSignal
	stop := p.Latest()
	unready := min(p.UnreadyAfter, stop)
	if p.UnreadyWithStop {
		unready = stop
	}
	if p.Front { // nobody is sent to what takes nothing new in
		unready = min(unready, frontCloses(p, drain.Record{}))
	}
	t := planLines{
		{0, "stop request", "T0: the platform's stop signal arrives"},
	}
	t = append(t, actionLines(0, "at drain", cfg.AtDrain)...)
	t = append(t, planLine{unready, "readiness red", "/readyz answers 503"})
	t = append(t, frontLines(cfg)...)
	t = append(t, actionLines(stop, "at stop", cfg.AtStop)...)
	t = append(t, planLine{stop, "stop signal", stopText(p, sig)})
	t = append(t, nextLines(p, sig)...)
	t = append(t,
		planLine{orNever(p.Deadline), "SIGKILL", "by drainit, to all that is left: deadline"},
		planLine{orNever(p.GracePeriod), "SIGKILL", "by the platform: grace period"})
	return t.String() + "\n" + planNotes(p)
}

// actionLines are the actions of an instant.
func actionLines(at time.Duration, what string, actions []action) planLines {
	var t planLines
	for _, text := range texts(actions) {
		t = append(t, planLine{at, what, text})
	}
	return t
}

// nextLines are the signals that follow the stop signal.
func nextLines(p drain.Plan, sig signals.StopSignal) planLines {
	var t planLines
	at := p.Latest()
	for i, step := range p.Next {
		if step.At > 0 {
			t = append(t, planLine{step.At, "next signal", "the program's fast one, if it has one"})
			continue
		}
		at += step.Wait
		t = append(t, planLine{at, "next signal", fmt.Sprintf("%s, %s after the one before", signals.Name(sig.Signals()[i+1]), short(step.Wait))})
	}
	return t
}

// stopText says what holds the stop signal.
func stopText(p drain.Plan, sig signals.StopSignal) string {
	what, atMost := "", ""
	switch {
	case sig.None():
		what = "none, "
	case !sig.Auto():
		what = signals.Name(sig.Signals()[0]) + " "
	}
	if p.DelayMax > 0 || p.Until != drain.UntilDelay || len(p.Before) > 0 {
		atMost = ", at the latest"
	}
	return fmt.Sprintf("%sto the program%s: drain delay %s (%s)", what, atMost, rangeText(p), p.DelayRule)
}

// evidenceNotes says what else decides when the stop signal is sent.
func evidenceNotes(p drain.Plan) string {
	var b strings.Builder
	if len(p.Before) > 0 {
		fmt.Fprintf(&b, "The stop signal waits until %s gone, if they are being stopped too.\n", areAll(p.Before))
	}
	if p.DelayMax > 0 {
		fmt.Fprintf(&b, "The delay ends from %s on when connections have clearly ceased to arrive.\n", short(p.Delay))
	}
	switch p.Until {
	case drain.UntilIdle:
		fmt.Fprintf(&b, "After the delay the stop signal waits until no request is in flight, %s before the deadline at most.\n", short(p.Reserve))
	case drain.UntilClosed:
		fmt.Fprintf(&b, "After the delay the stop signal waits until no connection is open, %s before the deadline at most.\n", short(p.Reserve))
	}
	return b.String()
}

// planNotes says what no instant says.
func planNotes(p drain.Plan) string {
	var b strings.Builder
	b.WriteString(evidenceNotes(p))
	switch stop := p.Latest(); {
	case p.Deadline == 0:
		b.WriteString("drainit kills nothing: there is no deadline.\n")
	case stop < p.Deadline:
		fmt.Fprintf(&b, "The program has %s from its stop signal to the deadline.\n", short(p.Deadline-stop))
	}
	if p.AtStop {
		fmt.Fprintf(&b, "The stop signal waits for what is done before it, %s at most.\n", short(p.ActionTime))
	}
	if p.GracePeriod == 0 {
		b.WriteString("When the platform sends SIGKILL is not known here; --grace-period says it.\n")
	}
	nothing := "Nothing is"
	if len(p.Before) > 0 {
		nothing = "Nothing else is"
	}
	if p.Longest() > 0 && !p.DelayGiven {
		b.WriteString(nothing + " held where nothing listens.\n")
	}
	if p.Longest() > 0 || p.Until != drain.UntilDelay {
		b.WriteString(nothing + " held if --ports or --ready-check was never green, or is red.\n")
	}
	fmt.Fprintf(&b, "What the program leaves behind has %s from its exit.\n", short(p.Sweep))
	return b.String()
}

// never is an instant that does not come.
const never = time.Duration(-1)

// orNever is an instant of a plan, where 0 means never.
func orNever(d time.Duration) time.Duration {
	if d == 0 {
		return never
	}
	return d
}

// planLine is what happens at an instant, counted from the stop request.
type planLine struct {
	at           time.Duration
	what, detail string
}

type planLines []planLine

// String returns a line for each that happens, in the order of time.
func (t planLines) String() string {
	var b strings.Builder
	slices.SortStableFunc(t, func(x, y planLine) int { return cmp.Compare(x.at, y.at) })
	for _, l := range t {
		if l.at != never {
			fmt.Fprintf(&b, "%8s  %-13s  %s\n", short(l.at), l.what, l.detail)
		}
	}
	return b.String()
}

// short writes a duration without the zeros Go puts behind hours and minutes.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
