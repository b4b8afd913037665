package main

import (
	"errors"
	"fmt"
	"time"
)

// slack is how much longer than under tini an exit may take: a busy machine's noise.
const slack = 3 * time.Second

// judge fails if a row breaks a rule, or is excused and breaks none.
func judge(rows []row) error {
	var wrong []error
	for _, r := range rows {
		broken := r.breaks()
		switch {
		case r.excused == "":
			for _, b := range broken {
				wrong = append(wrong, fmt.Errorf("%s, %s", r.name, b))
			}
		case broken == nil:
			wrong = append(wrong, fmt.Errorf("%s: excused, and keeps every rule", r.name))
		}
	}
	return errors.Join(wrong...)
}

// cuts reports whether a request in flight was lost.
func (l line) cuts() bool {
	return l.InFlight.lost() || l.init.holds && l.AtSignal.lost()
}

// breaks returns the rules that a row does not keep, a sentence each. What could not be measured keeps none.
func (r row) breaks() []string {
	var broken []string
	for _, l := range r.lines {
		if l.err != nil {
			broken = append(broken, fmt.Sprintf("under %s: %v", l.init.name, l.err))
		}
	}
	if broken != nil {
		return broken
	}
	for _, l := range r.lines[1:] {
		for _, rule := range []func(row, line) string{completesRequests, losesNoMore, servesInTheHold, endsNoWorse, takesNoLonger} {
			if why := rule(r, l); why != "" {
				broken = append(broken, fmt.Sprintf("under %s: %s", l.init.name, why))
			}
		}
	}
	return broken
}

// completesRequests: what is in flight completes, by the program's graceful signal, by the hold, or by evidence. Only
// where no signal of the program's can save it, it may be cut when the stop signal comes: and is, or the row is wrong.
func completesRequests(r row, l line) string {
	signalCuts := l.InFlight.lost()
	switch l.init.name {
	case withGrace.name:
		if l.InFlight.lost() {
			return "the request in flight at the stop is cut in spite of the hold"
		}
		signalCuts = l.AtSignal.lost()
	case untilIdle.name:
		if l.cuts() {
			return "a request in flight is cut in spite of the evidence"
		}
		return ""
	}
	switch {
	case signalCuts && r.setup.cuts == "":
		return "the request in flight at the stop signal is cut"
	case !signalCuts && r.setup.cuts != "":
		return "the request in flight at the stop signal completes, and the row says that it is cut"
	}
	return ""
}

func losesNoMore(r row, l line) string {
	if l.cuts() && !r.under(underTini).cuts() {
		return "a request is cut that completes under tini"
	}
	return ""
}

func servesInTheHold(_ row, l line) string {
	for n, a := range l.Fresh {
		if l.init.holds && a.lost() {
			return fmt.Sprintf("a new connection %v after the stop: %s", fresh[n], a)
		}
	}
	return ""
}

func endsNoWorse(r row, l line) string {
	tini := r.under(underTini)
	if l.Status != tini.Status && (tini.Status == 0 || l.killed()) {
		return fmt.Sprintf("exit status %d, and %d under tini", l.Status, tini.Status)
	}
	return ""
}

// takesNoLonger is asked where tini cuts nothing: who cuts is always faster. The hold is not counted, and evidence
// waits for as long as it has to.
func takesNoLonger(r row, l line) string {
	tini, took := r.under(underTini), l.Exit
	if l.init.holds {
		took -= hold
	}
	if tini.cuts() || l.init.name == untilIdle.name || took <= tini.Exit+slack {
		return ""
	}
	return fmt.Sprintf("%.1fs to the exit, less the hold, and %.1fs under tini", took.Seconds(), tini.Exit.Seconds())
}
