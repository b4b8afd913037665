package ctl

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"drainit/internal/config"
	"drainit/internal/drain"
	"drainit/internal/freeport"
	"drainit/internal/signals"
)

// plan prints the timeline that follows from drainit's flags and variables.
// Values that cannot be read are a misuse; that they do not fit is the answer
// no, after the timeline they would give.
func (c call) plan() error {
	r := config.Read(c.args, c.env)
	if r.Config.Help {
		return errHelp
	}
	if r.Problems != nil {
		return misuse{r.Problems}
	}
	r.Check()
	r.CheckPod()
	if _, err := fmt.Fprint(c.stdout, PlanText(r.Config)+podText(r.Config.Settings)); err != nil {
		return err
	}
	for _, w := range config.UnknownVariables(c.env) {
		fmt.Fprintln(c.stderr, "drainit:", w)
	}
	if r.Problems != nil {
		return r.Problems
	}
	return nil
}

// PlanText is the plan as a timeline, counted from the stop request.
func PlanText(cfg config.Config) string {
	p, sig := cfg.Plan, cfg.StopSignal
	stop := p.Latest()
	unready := min(p.UnreadyAfter, stop)
	if p.UnreadyWithStop {
		unready = stop
	}
	if p.Front { // nobody is sent to what takes nothing new in
		unready = min(unready, config.FrontCloses(p, drain.Record{}))
	}
	t := planLines{
		{0, "stop request", "T0: the platform's stop signal arrives"},
	}
	t = append(t, actionLines(0, "at drain", cfg.AtDrain)...)
	t = append(t, planLine{unready, "readiness red", "/readyz answers 503"})
	t = append(t, frontLines(cfg)...)
	t = append(t, actionLines(stop, "at stop", cfg.AtStop)...)
	t = append(t, planLine{stop, "stop signal", stopText(p, sig, programIn(cfg))})
	t = append(t, nextLines(p, sig, programIn(cfg))...)
	t = append(t,
		planLine{orNever(p.Deadline), "SIGKILL", "by drainit, to all that is left: deadline"},
		planLine{orNever(p.GracePeriod), "SIGKILL", "by the platform: grace period"})
	return t.String() + "\n" + programNote(cfg) + planNotes(p) + readinessNote(cfg, unready, stop) + portNotes(cfg) + reportNote(cfg)
}

// readinessNote says what readiness that fails before the stop signal costs where Kubernetes routes to a pod that
// terminates, since no other is ready, for as long as it is.
func readinessNote(cfg config.Config, unready, stop time.Duration) string {
	if !cfg.Settings.Kubernetes || unready >= stop || cfg.Plan.Front {
		return ""
	}
	return "A Service's last ready pod is refused once its probe fails, though it serves until " + config.Short(stop) +
		": --unready-after stop, or a probe that fails later.\n"
}

// reportNote says what comes last.
func reportNote(cfg config.Config) string {
	var places []string
	for _, sink := range cfg.Reports {
		places = append(places, sink.String())
	}
	if places == nil {
		return ""
	}
	return fmt.Sprintf("When all have gone drainit sends the report, %s at most: %s.\n", config.Short(config.ReportPatience), strings.Join(places, ", "))
}

// programIn is what COMMAND runs, as far as its own words tell, if auto chooses the signals.
func programIn(cfg config.Config) signals.Program {
	if len(cfg.Command) == 0 || !cfg.StopSignal.Auto() {
		return signals.Program{}
	}
	return signals.Identify("", signals.Spelled("", cfg.Command, os.Getenv("WEB_CONCURRENCY")))
}

// programNote says what may go wrong in the stop of the program.
func programNote(cfg config.Config) string {
	p, budget := programIn(cfg), cfg.Plan.StopBudget()
	var b strings.Builder
	for i, text := range []string{p.Lacks, p.Unending(config.Short(budget))} {
		if text != "" && (i == 0 || budget > 0) {
			fmt.Fprintf(&b, "Of %s: %s.\n", p.Name, text)
		}
	}
	return b.String()
}

// actionLines are the actions of an instant.
func actionLines(at time.Duration, what string, actions []config.Action) planLines {
	var t planLines
	for _, text := range config.Texts(actions) {
		t = append(t, planLine{at, what, text})
	}
	return t
}

// nextLines are the signals that follow the stop signal.
func nextLines(p drain.Plan, sig signals.StopSignal, program signals.Program) planLines {
	var t planLines
	fast := "the program's fast one, if it has one"
	if program.Fast != 0 {
		fast = signals.Name(program.Fast) + ", the fast one of " + program.Name
	}
	at := p.Latest()
	for i, step := range p.Next {
		if step.At > 0 && program.Name != "" && program.Fast == 0 {
			continue // it has none
		}
		if step.At > 0 {
			t = append(t, planLine{step.At, "next signal", fast})
			continue
		}
		at += step.Wait
		t = append(t, planLine{at, "next signal", fmt.Sprintf("%s, %s after the one before", signals.Name(sig.Signals()[i+1]), config.Short(step.Wait))})
	}
	return t
}

// stopText says what holds the stop signal.
func stopText(p drain.Plan, sig signals.StopSignal, program signals.Program) string {
	what, atMost := "", ""
	switch {
	case sig.None():
		what = "none, "
	case !sig.Auto():
		what = signals.Name(sig.Signals()[0]) + " "
	case program.Graceful != 0:
		what = signals.Name(program.Graceful) + " "
	}
	if p.DelayMax > 0 || p.Until != drain.UntilDelay || len(p.Before) > 0 {
		atMost = ", at the latest"
	}
	return fmt.Sprintf("%sto the program%s: drain delay %s (%s)", what, atMost, config.RangeText(p), p.DelayRule)
}

// evidenceNotes says what else decides when the stop signal is sent.
func evidenceNotes(p drain.Plan) string {
	var b strings.Builder
	if len(p.Before) > 0 {
		fmt.Fprintf(&b, "The stop signal waits until %s gone, if they are being stopped too.\n", config.AreAll(p.Before))
	}
	if p.DelayMax > 0 {
		fmt.Fprintf(&b, "The delay ends from %s on when connections have clearly ceased to arrive.\n", config.Short(p.Delay))
	}
	switch p.Until {
	case drain.UntilIdle:
		fmt.Fprintf(&b, "After the delay the stop signal waits until no request is in flight, %s before the deadline at most.\n", config.Short(p.Reserve))
	case drain.UntilClosed:
		fmt.Fprintf(&b, "After the delay the stop signal waits until no connection is open, %s before the deadline at most.\n", config.Short(p.Reserve))
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
		fmt.Fprintf(&b, "The program has %s from its stop signal to the deadline.\n", config.Short(p.Deadline-stop))
	}
	if seconds, ok := (config.Config{Plan: p}).StopBudget(); ok {
		fmt.Fprintf(&b, "DRAINIT_STOP_BUDGET tells it %d: the seconds it may take by itself.\n", seconds)
	}
	if p.AtStop {
		fmt.Fprintf(&b, "The stop signal waits for what is done before it, %s at most.\n", config.Short(p.ActionTime))
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
	fmt.Fprintf(&b, "What the program leaves behind has %s from its exit.\n", config.Short(p.Sweep))
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
			fmt.Fprintf(&b, "%8s  %-13s  %s\n", config.Short(l.at), l.what, l.detail)
		}
	}
	return b.String()
}

// frontLines are what the front does in a stop.
func frontLines(cfg config.Config) planLines {
	if !cfg.Plan.Front {
		return nil
	}
	lines := planLines{{0, "front drains", "each answer ends its connection; new ones are served"}}
	if by := cfg.Plan.LeftBy(); !cfg.Plan.LongLived.Off {
		lines = append(lines, planLine{by, "have left", "WebSockets and streams of events, one after another from T0 on"})
	}
	return append(lines,
		planLine{config.FrontCloses(cfg.Plan, drain.Record{}), "front closes", "nothing new comes in; what is in flight finishes"})
}

// portNotes says how a program is told a port that is not known yet.
func portNotes(cfg config.Config) string {
	var b strings.Builder
	for _, one := range cfg.Front {
		if !one.Target.Known() {
			fmt.Fprintf(&b, "%s tells the program where to listen behind %s: a port chosen at the start, %d if that is free.\n", one.Variable, one.Listen, freeport.First)
		}
	}
	return b.String()
}
