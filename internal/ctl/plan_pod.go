package ctl

import (
	"fmt"
	"strings"

	"drainit/internal/config"
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
	text := "stop signal at " + config.Short(p.Latest())
	switch {
	case len(p.Before) > 0:
		text = fmt.Sprintf("stop signal once %s gone, at %s at the latest", config.AreAll(p.Before), config.Short(p.Latest()))
	case p.DelayMax > 0 || p.Until != drain.UntilDelay:
		text += " at the latest"
	}
	if p.Deadline == 0 {
		return text + "; no SIGKILL"
	}
	return text + "; SIGKILL at " + config.Short(p.Deadline)
}
