package drain

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
// "late", where it wakes only then. What is asked at a stop request is answered
// at once, and not shown, by what stands in its line, unless that says "asks";
// one that says "received=D" was received so long before. From a line "instant connections ..." on
// every look is answered, and not shown, as the line says: see world.
func play(t *testing.T, story string) string {
	t.Helper()
	var out strings.Builder
	var m *Machine
	var w *world
	start := time.Unix(0, 0)
	facts := &Facts{} // nil: the story answers
	var step func(now time.Time, e Event)
	step = func(now time.Time, e Event) {
		for _, a := range m.Step(now, e) {
			if look, ok := a.(Look); ok && w != nil {
				w.answer, w.awaited = now.Add(w.took), look.Awaited
				continue
			}
			if _, ok := a.(Ask); ok && facts != nil {
				step(now, *facts) // nothing comes after it
				continue
			}
			fmt.Fprintf(&out, "%-6v %s\n", now.Sub(start), show(a))
		}
	}
	// until plays what comes before an instant by itself.
	until := func(now time.Time) {
		for {
			due, ok := m.Wake()
			switch {
			case w != nil && !w.answer.IsZero() && w.answer.Before(now) && (!ok || !due.Before(w.answer)):
				at := w.answer
				step(at, w.look(at))
			case ok && due.Before(now):
				step(due, Woken{})
			default:
				return
			}
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
			fmt.Fprintf(&out, "plan   delay %v (%s), deadline %v, reserve %v, %s\n",
				plan.Delay, plan.DelayRule, plan.Deadline, plan.Reserve, showSchedule(plan))
			if plan.Until != UntilDelay || plan.DelayMax > 0 {
				fmt.Fprintf(&out, "       until %v, longest delay %v, stop signal after %v at the latest\n", plan.Until, plan.Longest(), plan.Latest())
			}
			if len(plan.Before) > 0 {
				fmt.Fprintf(&out, "       waits for %s, until %v at the latest\n", strings.Join(plan.Before, ", "), plan.PeersLatest())
			}
			m = New(plan)
		default:
			after, err := time.ParseDuration(words[0])
			if err != nil {
				t.Fatalf("line %q: %v", lines.Text(), err)
			}
			now := start.Add(after)
			late := words[len(words)-1] == "late"
			if !late {
				until(now)
			}
			if words[1] == "counted" {
				cut := Cut{Known: true}
				if _, err := fmt.Sscan(strings.Join(words[2:], " "), &cut.Least, &cut.Most); err != nil {
					t.Fatal(err)
				}
				m.Count(cut)
				continue
			}
			if words[1] == "connections" {
				w = parseWorld(t, w, now, words[2:])
				continue
			}
			e := parseEvent(t, words[1:])
			if stop, ok := e.(StopRequest); ok {
				e = received(stop, now, words)
				if m.State() == Running {
					facts = answer(words)
				}
			}
			step(now, e)
		}
	}
	if rec := m.Record(); !rec.StopAt.IsZero() && rec.AtStop.Known {
		fmt.Fprintf(&out, "at the stop signal: %s\n", rec.Evidence())
	}
	for _, one := range m.Record().Peers {
		fmt.Fprintf(&out, "peer %s\n", one)
	}
	if cut := m.Record().Cut; cut.Known {
		fmt.Fprintf(&out, "cut: %d to %d\n", cut.Least, cut.Most)
	}
	if rec := m.Record(); rec.Rule() != rec.HoldRule {
		fmt.Fprintf(&out, "rule: %s\n", rec.Rule())
	}
	if rec := m.Record(); rec.First != 0 {
		fmt.Fprintf(&out, "request: %s, first %s\n", signalName(rec.Request), signalName(rec.First))
	}
	if due, ok := m.Wake(); ok {
		fmt.Fprintf(&out, "wants to be woken at %v\n", due.Sub(start))
	}
	return out.String()
}

// world is what looks show from an instant on.
type world struct {
	awaited bool // the look asks the program as well
	Observed
	took    time.Duration // by a look
	rate    float64       // arrivals a second
	arrived float64       // not told yet
	moved   time.Time     // when a byte last came or went
	told    time.Time     // when the last look was answered
	answer  time.Time     // when the look under way is
}

func (w *world) look(now time.Time) Observed {
	w.answer = time.Time{}
	o := w.Observed
	w.arrived += w.rate * now.Sub(w.told).Seconds()
	w.told = now
	o.Arrived = int(w.arrived)
	w.arrived -= float64(o.Arrived)
	if w.rate > 0 {
		w.moved = now
	}
	o.Quiet, o.Took = now.Sub(w.moved), w.took
	if !w.awaited {
		o.Connections.Program = ""
	}
	return o
}

// parseWorld reads "unknown", or any of in-flight=N idle=N undecided=N
// unaccepted=N, arriving=N a second, took=D for a look, and program=WORD that it is busy by.
func parseWorld(t *testing.T, before *world, now time.Time, words []string) *world {
	t.Helper()
	w := &world{moved: now, told: now}
	if before != nil {
		w.answer, w.took, w.awaited = before.answer, before.took, before.awaited
		w.arrived = before.arrived + before.rate*now.Sub(before.told).Seconds()
	}
	w.Known = true
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		var n int
		if _, err := fmt.Sscan(value, &n); err != nil && key != "unknown" && key != "took" && key != "program" {
			t.Fatalf("connections %q: %v", word, err)
		}
		switch key {
		case "unknown":
			w.Known = false
		case "in-flight":
			w.Connections.InFlight = n
		case "idle":
			w.Connections.Idle = n
		case "program":
			w.Connections.Program = value
		case "undecided":
			w.Connections.Undecided = n
		case "unaccepted":
			w.Connections.Unaccepted = n
		case "arriving":
			w.rate = float64(n)
		case "took":
			w.took, _ = time.ParseDuration(value)
		default:
			t.Fatalf("unknown %q", word)
		}
	}
	return w
}

func parseSettings(t *testing.T, words []string) Settings {
	t.Helper()
	s := Settings{Sweep: 2 * time.Second}
	for _, w := range words {
		key, value, _ := strings.Cut(w, "=")
		least, most, isRange := strings.Cut(value, "..")
		d, err := time.ParseDuration(least)
		if err != nil && value != "" && value != "off" && value != "stop" && key != "until" && key != "order" && key != "name" && key != "schedule" {
			t.Fatalf("setting %q: %v", w, err)
		}
		switch key {
		case "kubernetes":
			s.Kubernetes = true
		case "grace":
			s.GracePeriod = d
		case "delay":
			s.Delay, s.DelayGiven = d, true
			if isRange {
				s.DelayMax, _ = time.ParseDuration(most)
			}
		case "order":
			s.Order = strings.Split(value, ",")
		case "name":
			s.Name = value
		case "front":
			s.Front = true
		case "long-lived":
			s.LongLived = Stay{For: d, Given: value != "off", Off: value == "off"}
		case "idle-check":
			s.IdleCheck = true
		case "until":
			s.Until = Until(slices.Index(Untils(), value))
		case "deadline":
			s.Deadline, s.DeadlineOff = d, value == "off"
		case "schedule":
			s.StopSignalGiven = true
			for wait := range strings.SplitSeq(value, ",") {
				d, err := time.ParseDuration(wait)
				if err != nil {
					t.Fatalf("setting %q: %v", w, err)
				}
				s.Schedule = append(s.Schedule, d)
			}
		case "at-drain":
			s.AtDrain = true
		case "at-stop":
			s.AtStop = true
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
		return StopRequest{Signal: signalNumbers[words[1]], Checks: Checks{
			Configured: strings.Contains(rest, "check"),
			Asked:      strings.Contains(rest, "asked"),
			EverReady:  strings.Contains(rest, "ever-ready"),
			RedInARow:  strings.Count(rest, "red"),
		}}
	case "facts":
		return parseFacts(rest)
	case "signal":
		return OtherSignal{signalNumbers[words[1]]}
	case "exit":
		var status int
		if _, err := fmt.Sscan(words[1], &status); err != nil {
			t.Fatal(err)
		}
		e := ChildExited{Status: status, Left: strings.Contains(rest, "left"), Serves: strings.Contains(rest, "serves")}
		if _, to, ok := strings.Cut(rest, "clean="); ok {
			e.Clean = new(int)
			if _, err := fmt.Sscan(to, e.Clean); err != nil {
				t.Fatal(err)
			}
		}
		return e
	case "program-gone":
		return ProgramGone{Left: strings.Contains(rest, "left")}
	case "peer":
		state := words[2]
		return PeerSeen{Name: words[1], Absent: state == "absent", Peer: map[string]Peer{
			"unknown": PeerUnknown, "running": PeerRunning, "stopping": PeerStopping, "gone": PeerGone, "absent": PeerGone}[state]}
	case "order-off":
		return OrderOff{rest}
	case "order-on":
		return OrderOn{}
	case "left":
		var status int
		if _, err := fmt.Sscan(words[2], &status); err != nil {
			t.Fatal(err)
		}
		return PeerLeft{words[1], status}
	case "front-idle":
		return FrontIdle{}
	case "front-gone":
		var e FrontGone
		if _, err := fmt.Sscan(words[1], &e.Status); err != nil {
			t.Fatal(err)
		}
		_, err := fmt.Sscanf(rest[len(words[1]):], " cut %d", &e.Cut.Most)
		e.Cut.Least, e.Cut.Known = e.Cut.Most, err == nil
		return e
	case "gone":
		return NothingLeft{}
	case "done":
		return ActionsDone{}
	case "wake":
		return Woken{}
	}
	t.Fatalf("unknown event %q", words)
	return nil
}

// received is a stop request with the instant at which it was, where that is told.
func received(e StopRequest, now time.Time, words []string) StopRequest {
	for _, word := range words {
		if before, ok := strings.CutPrefix(word, "received="); ok {
			d, _ := time.ParseDuration(before)
			e.At = now.Add(-d)
		}
	}
	return e
}

// answer is what is answered at once, nil where the story answers.
func answer(words []string) *Facts {
	if slices.Contains(words, "asks") {
		return nil
	}
	f := parseFacts(strings.Join(words, " "))
	return &f
}

// parseFacts reads any of nothing-listens and N/s, arrivals a second.
func parseFacts(words string) Facts {
	return Facts{
		ArrivalRate: rateIn(words),
		Listening:   map[bool]Answer{true: No, false: Unknown}[strings.Contains(words, "nothing-listens")],
	}
}

// rateIn returns N where the words have "N/s".
func rateIn(words string) (rate float64) {
	for w := range strings.FieldsSeq(words) {
		if n, ok := strings.CutSuffix(w, "/s"); ok {
			fmt.Sscan(n, &rate)
		}
	}
	return rate
}

// showSchedule says when auto's fast signal is due, 0s for never, or what follows
// the first signal of a schedule that was given.
func showSchedule(p Plan) string {
	text := "fast 0s"
	for i, s := range p.Next {
		switch {
		case s.At > 0:
			text = fmt.Sprintf("fast %v", s.At)
		case i == 0:
			text = fmt.Sprintf("then after %v", s.Wait)
		default:
			text += fmt.Sprintf(", %v", s.Wait)
		}
	}
	return text
}

func show(a Action) string {
	switch a := a.(type) {
	case Enter:
		return fmt.Sprintf("-> %v (%s)", a.State, a.Why)
	case Ask:
		return fmt.Sprintf("ask within %v", a.Within)
	case Forward:
		return "forward " + signalName(a.Signal)
	case StopSignal:
		return fmt.Sprintf("stop signal %d", a.Step)
	case Front:
		return fmt.Sprintf("front %v", a.Do)
	case Leave:
		return fmt.Sprintf("leave within %v", a.Within)
	case Act:
		return fmt.Sprintf("act%s%s within %v", map[bool]string{true: " at-drain"}[a.Drain], map[bool]string{true: " at-stop"}[a.Stop], a.Within)
	case Skip:
		return fmt.Sprintf("skip%s%s", map[bool]string{true: " at-drain"}[a.Drain], map[bool]string{true: " at-stop"}[a.Stop])
	case Exit:
		return fmt.Sprintf("exit %d", a.Status)
	case Progress:
		return "waiting for " + a.WaitingFor
	}
	return strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", a), "drain."))
}
