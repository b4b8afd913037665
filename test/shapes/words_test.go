package shapes_test

import (
	"regexp"
	"strings"
)

func matches(expression, text string) bool { return regexp.MustCompile(expression).MatchString(text) }

var (
	nginxSignal    = regexp.MustCompile(`(\d+)#\d+: signal \d+ \(SIG(\w+)\) received`)
	apacheSignal   = regexp.MustCompile(`caught SIG(\w+)`)
	gunicornSignal = regexp.MustCompile(`Handling signal: (\w+)`)
)

// nginxSignals are those that the master wrote down: the first process that did.
// Those of its workers and of its own clock are left out.
func nginxSignals(log string) string {
	var sigs []string
	master := ""
	for _, m := range nginxSignal.FindAllStringSubmatch(log, -1) {
		if m[2] == "CHLD" || m[2] == "IO" || m[2] == "ALRM" {
			continue
		}
		if master == "" {
			master = m[1]
		}
		if m[1] == master {
			sigs = append(sigs, m[2])
		}
	}
	return strings.Join(sigs, " ")
}

// apacheSignals are those that httpd's master wrote down.
func apacheSignals(log string) string {
	var sigs []string
	for _, m := range apacheSignal.FindAllStringSubmatch(log, -1) {
		sigs = append(sigs, m[1])
	}
	return strings.Join(sigs, " ")
}
