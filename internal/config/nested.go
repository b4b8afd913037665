package config

import (
	"slices"
	"strings"
)

// ParseUnder is parse under another drainit. The variables that hold, and those
// by which peers are known, are that one's too, and it has held and waited, has what
// a front listens on, has done the actions when this one is asked, and sends the report:
// only a flag of its own has this one do so again. Where no signal is sent, since actions are the
// stop, that is the other one's as well.
func ParseUnder(args, env []string) (cfg Config, warnings []string, err error) {
	var shared []string
	for _, name := range []string{"drain-delay", "drain-until", "idle-check", "stop-on-hangup", "at-drain", "at-stop", "front", "front-port-variable", "front-forwarded",
		"name", "stop-order", "exit-with", "report"} {
		shared = append(shared, VariableOf(name))
	}
	own := slices.DeleteFunc(slices.Clone(env), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.Contains(shared, name) || kv == VariableOf("stop-signal")+"=none"
	})
	r := Read(args, own)
	r.Config.Settings.Held = true
	return r.result(own)
}
