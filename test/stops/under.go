package main

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// grace is the grace period under drainit, and a request of endless seconds does not end in it.
const (
	grace   = "20s"
	endless = 40
)

// underDrainit is a stop by drainit with a request in flight that takes longer than the grace period.
var underDrainit = scenario{Signals: []syscall.Signal{syscall.SIGTERM}, Request: endless, Watch: 30, Drainit: true}

// commandLine is what is started for a scenario.
func (p program) commandLine(sc scenario) []string {
	if !sc.Drainit {
		return p.command
	}
	if sc.Grace > 0 {
		return append([]string{drainitPath, "--grace-period", strconv.Itoa(sc.Grace), "--drain-delay", "1s", "--probe-addr", "off", "--expand", "--"}, p.command...)
	}
	return append([]string{drainitPath, "--grace-period", grace, "--"}, p.command...)
}

const drainitPath = "/drainit"

// bySIGKILL is what is said of a stop that only SIGKILL ended; announced is where drainit's log had said so when it
// sent the stop signal, and announcedLate shortly before the deadline, with the program's name and what helps.
const (
	bySIGKILL     = "SIGKILL"
	announced     = "SIGKILL, as the log had said"
	announcedLate = "SIGKILL, as the log said 2 s before"
)

var sent = regexp.MustCompile(`msg="(?:stop|next) signal sent" signal=SIG(\S+)`)

// underLine is what drainit's log has of such a stop: the signals that it sent, and whether SIGKILL had to follow.
func underLine(log []byte) (sigs, how string) {
	var list []string
	killed, said := "", bySIGKILL
	for text := range strings.Lines(string(log)) {
		_, text, ours := strings.Cut(text, "drainit: ") // not always at the start: programs end lines as they like
		if !ours {
			continue
		}
		if m := sent.FindStringSubmatch(text); m != nil {
			list = append(list, m[1])
		}
		switch {
		case strings.Contains(text, `msg="deadline hit, SIGKILL sent"`):
			killed = said
		case strings.Contains(text, `msg="SIGKILL is next" program=`) && said == bySIGKILL:
			said = announcedLate
		case strings.Contains(text, "no signal surely ends it"):
			said = announced
		}
	}
	return strings.Join(list, ","), killed
}

// readLog adds to the result what drainit's log has.
func (s *stage) readLog(res *result) {
	log, err := os.ReadFile("/program.log")
	if err != nil {
		return
	}
	res.Sent, res.Killed = underLine(log)
}

// under finds what came of the stop by drainit.
func (m *measured) under() (line, bool) {
	for _, l := range m.lines {
		if l.scenario == "under" {
			return l, true
		}
	}
	return line{}, false
}

// stale reports whether that is still to be measured: or again, since drainit sends something else by now.
func (m *measured) stale() bool {
	l, ok := m.under()
	if !ok {
		return true
	}
	row, list := m.row(), strings.Split(l.signals, ",")
	if l.fresh == bySIGKILL {
		return true
	}
	if row.Name == "" {
		return false
	}
	late := len(list) > 1 || l.fresh != ""
	return list[0] != short(row.End()) || row.Fast != 0 && late && !slices.Contains(list, short(row.Fast))
}
