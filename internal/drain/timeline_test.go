package drain

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the expected half of testdata/*.txt")

// separator stands between what happens and what is done about it.
const separator = "----\n"

var signalNumbers = map[string]Signal{
	"SIGHUP": 1, "SIGINT": 2, "SIGQUIT": 3, "SIGUSR1": 10, "SIGTERM": 15,
}

func signalName(n Signal) string {
	for name, number := range signalNumbers {
		if number == n {
			return name
		}
	}
	return fmt.Sprint(int(n))
}

// TestTimelines plays each story of testdata and compares what the machine did.
func TestTimelines(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no timelines: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			story, want, _ := strings.Cut(string(raw), separator)
			got := play(t, story)
			if *update {
				if err := os.WriteFile(file, []byte(story+separator+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != want {
				t.Errorf("got:\n%swant:\n%s", got, want)
			}
		})
	}
}

// play runs a story: a line of settings, then lines of "instant event". The
// machine is woken whenever it asks to be, except over an instant marked
// "late", where it wakes only then.
func play(t *testing.T, story string) string {
	t.Helper()
	var out strings.Builder
	var m *Machine
	start := time.Unix(0, 0)
	step := func(now time.Time, e Event) {
		for _, a := range m.Step(now, e) {
			fmt.Fprintf(&out, "%-6v %s\n", now.Sub(start), show(a))
		}
	}
	lines := bufio.NewScanner(strings.NewReader(story))
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		switch {
		case len(words) == 0 || strings.HasPrefix(words[0], "#"):
		case words[0] == "settings":
			plan, problems := parseSettings(t, words[1:]).Plan()
			for _, p := range problems {
				fmt.Fprintf(&out, "problem --%s: %s; %s\n", p.Setting, p.Wrong, p.Remedy)
			}
			fmt.Fprintf(&out, "plan   delay %v (%s), deadline %v, reserve %v, fast %v\n",
				plan.Delay, plan.DelayRule, plan.Deadline, plan.Reserve, plan.FastAt)
			m = New(plan)
		default:
			after, err := time.ParseDuration(words[0])
			if err != nil {
				t.Fatalf("line %q: %v", lines.Text(), err)
			}
			now := start.Add(after)
			late := words[len(words)-1] == "late"
			for due, ok := m.Wake(); !late && ok && due.Before(now); due, ok = m.Wake() {
				step(due, Woken{})
			}
			step(now, parseEvent(t, words[1:]))
		}
	}
	if due, ok := m.Wake(); ok {
		fmt.Fprintf(&out, "wants to be woken at %v\n", due.Sub(start))
	}
	return out.String()
}

func parseSettings(t *testing.T, words []string) Settings {
	t.Helper()
	s := Settings{Sweep: 2 * time.Second}
	for _, w := range words {
		key, value, _ := strings.Cut(w, "=")
		d, err := time.ParseDuration(value)
		if err != nil && value != "" && value != "off" && value != "stop" {
			t.Fatalf("setting %q: %v", w, err)
		}
		switch key {
		case "kubernetes":
			s.Kubernetes = true
		case "grace":
			s.GracePeriod = d
		case "delay":
			s.Delay, s.DelayGiven = d, true
		case "deadline":
			s.Deadline, s.DeadlineOff = d, value == "off"
		case "sweep":
			s.Sweep = d
		case "unready":
			s.UnreadyAfter, s.UnreadyWithStop = d, value == "stop"
		default:
			t.Fatalf("unknown setting %q", w)
		}
	}
	return s
}

func parseEvent(t *testing.T, words []string) Event {
	t.Helper()
	rest := strings.Join(words[1:], " ")
	switch words[0] {
	case "stop":
		return StopRequest{Signal: signalNumbers[words[1]], Facts: Facts{
			CheckConfigured: strings.Contains(rest, "check"),
			CheckAsked:      strings.Contains(rest, "asked"),
			EverReady:       strings.Contains(rest, "ever-ready"),
			RedInARow:       strings.Count(rest, "red"),
			Listening:       map[bool]Answer{true: No, false: Unknown}[strings.Contains(rest, "nothing-listens")],
		}}
	case "signal":
		return OtherSignal{signalNumbers[words[1]]}
	case "exit":
		var status int
		if _, err := fmt.Sscan(words[1], &status); err != nil {
			t.Fatal(err)
		}
		return ChildExited{Status: status, Left: strings.Contains(rest, "left")}
	case "gone":
		return NothingLeft{}
	case "wake":
		return Woken{}
	}
	t.Fatalf("unknown event %q", words)
	return nil
}

func show(a Action) string {
	switch a := a.(type) {
	case Enter:
		return fmt.Sprintf("-> %v (%s)", a.State, a.Why)
	case Forward:
		return "forward " + signalName(a.Signal)
	case StopSignal:
		return fmt.Sprintf("stop signal %d", a.Step)
	case Exit:
		return fmt.Sprintf("exit %d", a.Status)
	case Progress:
		return "waiting for " + a.WaitingFor
	}
	return strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", a), "drain."))
}
