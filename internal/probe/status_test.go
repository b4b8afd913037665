package probe

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite testdata")

// t0 is the stop request of the statuses below, in a zone that is not UTC.
func t0() time.Time {
	return time.Date(2026, 3, 1, 11, 0, 0, 123456789, time.FixedZone("CET", 3600))
}

// atRest is a status before the stop request.
func atRest() Status {
	return Status{
		Version: "1.2.3", PID: 1, PIDNamespace: 4026531836, State: StateRunning, Ready: true, ReadyAsked: true,
		Child:    Child{PID: 7, Program: "server", ProgramPID: 7, Started: t0().Add(-time.Hour)},
		WillSend: WillSend{Signal: "SIGTERM", Why: "no other signal is known to be graceful for server"},
		Plan:     Plan{Sweep: Duration(2 * time.Second), UnreadyAfter: "0s", DrainDelayRule: "not under Kubernetes", DrainUntil: "delay"},
		Timeline: []Event{
			{Event: "stop_request"},
			{Event: "stop_signal", Detail: "SIGTERM"},
		},
		SignalsEndAt: "sh",
	}
}

// midDrain is a status during the hold.
func midDrain() Status {
	at := func(after time.Duration) time.Time { return t0().Add(after) }
	return Status{
		Version: "1.2.3", Name: "web", PID: 1, PIDNamespace: 4026531836, State: StateDraining,
		Child:       Child{PID: 7, Program: "nginx", ProgramPID: 12, Started: at(-time.Hour)},
		StopRequest: &StopRequest{Signal: "SIGTERM", At: at(0), SecondsAgo: 3.25},
		WaitingFor:  "the drain delay, 1.75s left",
		WillSend:    WillSend{Signal: "SIGQUIT", Why: "nginx finishes its requests on it"},
		Plan: Plan{
			DrainDelay: Duration(5 * time.Second), DrainDelayMax: Duration(15 * time.Second), DrainDelayRule: "as given", DrainUntil: "idle",
			Deadline: Limit(28 * time.Second), GracePeriod: Limit(30 * time.Second),
			Sweep: Duration(2 * time.Second), UnreadyAfter: "0s",
			StopSignal: "SIGQUIT/20s/SIGTERM", AtDrain: []string{"SIGTSTP", "write:/run/app.fifo"},
		},
		Actions: Actions{AtDrain: Attempts{Done: 1, Failed: 2}},
		Timeline: []Event{
			{Event: "stop_request", At: at(0), Done: true, Detail: "SIGTERM"},
			{Event: "unready", At: at(0), Done: true},
			{Event: "stop_signal", After: Duration(5 * time.Second), At: at(5 * time.Second), Detail: "SIGQUIT"},
			{Event: "sigkill", After: Duration(28 * time.Second), At: at(28 * time.Second)},
		},
		Connections: Connections{
			Latest:      &Counted{InFlight: 1, Idle: 40, Undecided: 2, Unaccepted: 3},
			StopRequest: &Counted{InFlight: 5, Idle: 41},
			Arrived:     new(17), LastArrival: new(Duration(2750 * time.Millisecond)),
		},
		StopOrder: []string{"app", "web"},
		Peers:     []Peer{{Name: "app", State: "stopping"}, {Name: "cache", State: "absent", Note: "user 7"}},
		Signals: Signals{
			Received:  map[string]uint64{"SIGTERM": 1, "SIGHUP": 2},
			Forwarded: map[string]uint64{"SIGHUP": 2},
		},
		Reaped:          Reaped{Orphan: 12},
		Warnings:        2,
		Reasons:         map[string]uint64{"action failed": 2},
		LogLinesDropped: 3,
	}
}

// atEnd is a status after the deadline.
func atEnd() Status {
	s := midDrain()
	s.State = StateSweeping
	s.StopRequest.SecondsAgo = 28.5
	for i := range s.Timeline {
		s.Timeline[i].Done = true
	}
	s.Timeline = append(s.Timeline, Event{
		Event: "child_exit", After: Duration(28100 * time.Millisecond), At: t0().Add(28100 * time.Millisecond),
		Done: true, Detail: "killed by SIGKILL",
	})
	s.WaitingFor, s.WillSend = "2 leftovers", WillSend{}
	s.DeadlineHit = true
	cut, atMost := 1, 3
	s.Connections.StopSignal = &Counted{InFlight: 2, Undecided: 7}
	s.Connections.Deadline = s.Connections.Latest
	s.Connections.RequestsCut, s.Connections.RequestsCutAtMost = &cut, &atMost // never both
	s.Front = &Front{
		Routes: []string{":8080=127.0.0.1:8081", ":9090=unix:/run/app.sock"}, PID: 6, Serving: true, Answers: true,
		Connections: 5, InFlight: 1, Upgraded: 2, Accepted: 77, Requests: map[string]uint64{"2xx": 400, "5xx": 2, "none": 0},
		Refused: 3, Failed: 2, Cut: 1, Left: 9, Warnings: 4, Reasons: map[string]uint64{"front listener failed": 3, "action failed": 1},
	}
	s.Leftovers = 2
	s.Reaped.Child = 1
	return s
}

// stories are the statuses of testdata.
func stories() map[string]Status {
	return map[string]Status{"rest": atRest(), "drain": midDrain(), "end": atEnd()}
}

// golden compares got with a file of testdata, or rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", path, got, want)
	}
}

func TestStatusJSON(t *testing.T) {
	for name, s := range stories() {
		got, err := json.MarshalIndent(s, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".json", string(got)+"\n")
	}
}

func TestStatusText(t *testing.T) {
	for name, s := range stories() {
		golden(t, name+".txt", s.Text())
	}
}

// sameStatus compares what has been through JSON with what was sent: times are
// UTC to the millisecond, and nothing is nil.
func sameStatus(t *testing.T, got, sent Status) {
	t.Helper()
	a, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(sent)
	if err != nil {
		t.Fatal(err)
	}
	if string(a) != string(b) {
		t.Errorf("got  %s\nwant %s", a, b)
	}
}

func TestStatusRoundTrip(t *testing.T) {
	for name, s := range stories() {
		before := stories()[name]
		data, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(s, before) {
			t.Errorf("%s: marshalling changed the status", name)
		}
		var once, twice Status
		if err := json.Unmarshal(data, &once); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		sameStatus(t, once, s)
		if data, err = json.Marshal(once); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &twice); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(once, twice) {
			t.Errorf("%s: the second trip gave %+v, the first %+v", name, twice, once)
		}
		// ctl prints what it read, in another process.
		if got, want := once.Text(), s.Text(); got != want {
			t.Errorf("%s: text after the trip\n%s\nbefore\n%s", name, got, want)
		}
	}
}

// Every key, with its type; a change here is a change for whoever reads /drain.
func TestStatusKeys(t *testing.T) {
	want := map[string]string{
		"": "version name pid pid_namespace state child ready ready_asked stop_request waiting_for will_send" +
			" plan timeline deadline_hit connections actions front stop_order peers signals signals_end_at reaped leftovers warnings log_lines_dropped",
		"child":        "pid program program_pid started",
		"stop_request": "signal at seconds_ago",
		"will_send":    "signal why",
		"plan":         "drain_delay drain_delay_max drain_delay_rule drain_until deadline grace_period sweep unready_after stop_signal at_drain at_stop",
		"connections":  "latest at_stop_request at_stop_signal at_deadline arrived last_arrival requests_cut requests_cut_at_most",
		"actions":      "at_drain at_stop",
		"signals":      "received forwarded",
		"reaped":       "child orphan",
	}
	data, err := json.Marshal(midDrain())
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	for path, keys := range want {
		object := all
		if path != "" {
			object = all[path].(map[string]any)
		}
		if len(object) != len(strings.Fields(keys)) {
			t.Errorf("%q has %d keys, want %s", path, len(object), keys)
		}
		for key := range strings.FieldsSeq(keys) {
			if _, ok := object[key]; !ok {
				t.Errorf("%q has no key %q", path, key)
			}
		}
	}
	for _, e := range all["timeline"].([]any) {
		for _, key := range []string{"event", "after", "at", "done", "detail"} {
			if _, ok := e.(map[string]any)[key]; !ok {
				t.Errorf("event %v has no key %q", e, key)
			}
		}
	}
}

func TestEmptyStatusHasNoNullLists(t *testing.T) {
	data, err := json.Marshal(Status{})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"timeline":[]`, `"received":{}`, `"forwarded":{}`, `"stop_request":null`, `"deadline":"off"`} {
		if !strings.Contains(string(data), part) {
			t.Errorf("%s has no %s", data, part)
		}
	}
	if got := (Status{}).Text(); !strings.HasSuffix(got, "\n") {
		t.Errorf("the text of an empty status is %q, want lines", got)
	}
}

func TestTextCannotSpeakToTheTerminal(t *testing.T) {
	s := midDrain()
	s.Child.Program = "a\x1b]0;owned\x07b\u202e\r\nplan faked"
	s.Name, s.WaitingFor, s.Timeline[0].Detail = s.Child.Program, s.Child.Program, s.Child.Program
	s.Signals.Received[s.Child.Program] = 1
	got := s.Text()
	if strings.ContainsAny(got, "\x1b\x07\r\u202e") || strings.Contains(got, "\nplan faked") {
		t.Errorf("control characters get through: %q", got)
	}
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{"0s": 0, "5s": 5 * time.Second, "1m30.5s": 90500 * time.Millisecond} {
		var d Duration
		if err := d.UnmarshalText([]byte(text)); err != nil || d != Duration(want) || d.String() != text {
			t.Errorf("Duration %q is %s, %v, want %s", text, d, err, want)
		}
	}
	for text, want := range map[string]time.Duration{"off": 0, "28s": 28 * time.Second} {
		var l Limit
		if err := l.UnmarshalText([]byte(text)); err != nil || l != Limit(want) || l.String() != text {
			t.Errorf("Limit %q is %s, %v, want %s", text, l, err, want)
		}
	}
	for _, bad := range []string{"", "5", "soon"} {
		if err := new(Duration).UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("Duration %q: no error", bad)
		}
		if err := new(Limit).UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("Limit %q: no error", bad)
		}
	}
}
