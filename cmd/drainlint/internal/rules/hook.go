package rules

import (
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// hook is a container's preStop hook.
type hook struct {
	set    bool
	native bool          // sleep: {seconds: N}
	takes  time.Duration // that it surely sleeps
	whole  bool          // takes is all it does
	quits  string        // what it does that ends the program, before it sleeps
	field  string        // below the container
}

func hookOf(c corev1.Container) hook {
	if c.Lifecycle == nil || c.Lifecycle.PreStop == nil {
		return hook{}
	}
	pre := c.Lifecycle.PreStop
	h := hook{set: true, field: "lifecycle.preStop"}
	switch {
	case pre.Sleep != nil:
		h.native, h.whole, h.takes, h.field = true, true, seconds(pre.Sleep.Seconds), "lifecycle.preStop.sleep.seconds"
	case pre.Exec != nil:
		h.field = "lifecycle.preStop.exec.command"
		h.takes, h.whole, h.quits = reads(pre.Exec.Command)
	}
	return h
}

// reads returns what a hook's command is known to do.
func reads(command []string) (takes time.Duration, whole bool, quits string) {
	if len(command) == 0 {
		return 0, false, ""
	}
	if script, is := shellScript(command); is {
		return readsScript(script)
	}
	switch {
	case path.Base(command[0]) == "sleep":
		takes, whole = sum(command[1:])
		return takes, whole, ""
	case isDrainit(command[0]) && len(command) == 4 && command[1] == "ctl" && command[2] == "sleep":
		d, err := duration(command[3])
		return d, err == nil, ""
	}
	return 0, false, quitting(strings.Join(command, " "))
}

var (
	sleeping = regexp.MustCompile(`(?:^|[;&|(\s])(?:/\S*/)?sleep\s+(\d+(?:\.\d+)?[smhd]?)\b`)
	looping  = regexp.MustCompile(`(?:^|[;\s])(?:while|until|for)\s`)
	quitForm = regexp.MustCompile(`(?:^|[;&|(\s])(?:\S*/)?(nginx\s+-s\s+(?:quit|stop)|` +
		`(?:apachectl|apache2ctl|httpd)\s+-k\s+(?:graceful-)?stop|` +
		`(?:kill|pkill|killall)\s+(?:-\w+\s+|-s\s+\w+\s+)?[\w$./-]+)`)
)

// readsScript reads a script of the shell. What sleeps in a loop is not counted.
func readsScript(script string) (takes time.Duration, whole bool, quits string) {
	straight := script
	if at := looping.FindStringIndex(script); at != nil {
		straight = script[:at[0]]
	}
	var times []string
	for _, m := range sleeping.FindAllStringSubmatch(straight, -1) {
		times = append(times, m[1])
	}
	takes, _ = sum(times)
	whole = len(times) == 1 && regexp.MustCompile(`^(exec\s+)?(/\S*/)?sleep\s+\S+$`).MatchString(strings.TrimSpace(script))
	if takes > 0 { // what comes before the first sleep
		script = straight[:sleeping.FindStringIndex(straight)[0]]
	}
	return takes, whole, quitting(script)
}

func quitting(script string) string {
	m := quitForm.FindStringSubmatch(script)
	if m == nil || strings.HasPrefix(strings.TrimSpace(m[1]), "kill -0") || strings.Contains(m[1], " -0 ") {
		return ""
	}
	return strings.TrimSpace(m[1])
}

// sum adds the arguments of sleep(1).
func sum(times []string) (d time.Duration, ok bool) {
	for _, t := range times {
		unit := map[string]float64{"s": 1, "m": 60, "h": 3600, "d": 86400}[t[max(len(t)-1, 0):]]
		number := strings.TrimRight(t, "smhd")
		if unit == 0 {
			unit, number = 1, t
		}
		n, err := strconv.ParseFloat(number, 64)
		if err != nil || n < 0 || n > 1e9 {
			return d, false
		}
		d += time.Duration(n * unit * float64(time.Second))
	}
	return d, len(times) > 0
}
