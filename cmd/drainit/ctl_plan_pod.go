package main

import (
	"fmt"
	"strings"

	"drainit/internal/drain"
)

// podText is the plan of every place in the stop order, if all are told the
// same but for their names.
func podText(s drain.Settings) string {
	if len(s.Order) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\nStop order, if all are told the same:\n")
	for _, name := range s.Order {
		p, _ := s.At(name).Plan()
		fmt.Fprintf(&b, "%8s  %s\n", name, placeText(p))
	}
	return b.String()
}

func placeText(p drain.Plan) string {
	text := "stop signal at " + short(p.Latest())
	switch {
	case len(p.Before) > 0:
		text = fmt.Sprintf("stop signal once %s gone, at %s at the latest", areAll(p.Before), short(p.Latest()))
	case p.DelayMax > 0 || p.Until != drain.UntilDelay:
		text += " at the latest"
	}
	if p.Deadline == 0 {
		return text + "; no SIGKILL"
	}
	return text + "; SIGKILL at " + short(p.Deadline)
}

// areAll returns "app is", or "app and cache are".
func areAll(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1] + " are"
	}
	return names[0] + " is"
}

// checkPod looks at the plans of the other places, which every drainit can only
// check for itself when it starts.
func (r *reading) checkPod() {
	if len(r.problems) > 0 {
		return
	}
	for _, name := range r.cfg.Settings.Order {
		_, misfits := r.cfg.Settings.At(name).Plan()
		for _, m := range misfits {
			r.wrong(m.Setting, fmt.Sprintf("of %s: %s; %s", name, m.Wrong, m.Remedy))
		}
	}
}
