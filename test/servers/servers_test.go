package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// good is a row that keeps every rule: one that tini cuts and drainit does not.
func good() row {
	all := []answer{served, served, served}
	none := []answer{refused, refused, refused}
	return row{setup{name: "server"}, []line{
		{init: underTini, outcome: outcome{InFlight: reset, Fresh: none}},
		{init: underDrainit, outcome: outcome{InFlight: served, Fresh: none, Exit: 2 * time.Second}},
		{init: withGrace, outcome: outcome{InFlight: served, AtSignal: served, Fresh: all, Exit: 7 * time.Second}},
	}}
}

// cutting is one that no signal saves.
func cutting() row {
	r := good()
	r.setup.cuts = "no signal is graceful to it"
	r.lines[1].InFlight, r.lines[2].AtSignal = reset, reset
	idle := r.lines[2]
	idle.init, idle.AtSignal, idle.Exit = untilIdle, served, 23*time.Second
	r.lines = append(r.lines, idle)
	return r
}

func TestEveryRuleCanBreak(t *testing.T) {
	for _, r := range []row{good(), cutting()} {
		if broken := r.breaks(); broken != nil {
			t.Fatalf("a good row breaks %q", broken)
		}
	}
	for _, test := range []struct {
		row  row
		spot func(row)
		want string
	}{
		{good(), func(r row) { r.lines[0].err = io.EOF }, "under tini: EOF"},
		{good(), func(r row) { r.lines[1].InFlight = reset }, "under drainit: the request in flight at the stop signal is cut"},
		{good(), func(r row) { r.lines[2].InFlight = late }, "under drainit, grace period: the request in flight at the stop is cut in spite of the hold"},
		{good(), func(r row) { r.lines[2].AtSignal = rejected }, "under drainit, grace period: the request in flight at the stop signal is cut"},
		{good(), func(r row) { r.lines[2].Fresh[1] = refused }, "under drainit, grace period: a new connection 1s after the stop: refused"},
		{good(), func(r row) { r.lines[1].Status = 143 }, "under drainit: exit status 143, and 0 under tini"},
		{good(), func(r row) { r.lines[0].Status, r.lines[1].Status, r.lines[2].Status = 143, 143, 137 }, "under drainit, grace period: exit status 137, and 143 under tini"},
		{good(), func(r row) { r.lines[0].InFlight, r.lines[1].Exit = served, 6*time.Second }, "under drainit: 6.0s to the exit, less the hold, and 0.0s under tini"},
		{cutting(), func(r row) { r.lines[1].InFlight = served }, "under drainit: the request in flight at the stop signal completes, and the row says that it is cut"},
		{cutting(), func(r row) { r.lines[3].InFlight = reset }, "under drainit, until idle: a request in flight is cut in spite of the evidence"},
		{cutting(), func(r row) { r.lines[3].AtSignal = reset }, "under drainit, until idle: a request in flight is cut in spite of the evidence"},
	} {
		test.spot(test.row)
		if broken := test.row.breaks(); !slices.Equal(broken, []string{test.want}) {
			t.Errorf("broken are %q, want %q", broken, test.want)
		}
	}
	worse := cutting()
	worse.lines[0].InFlight = served
	const want = "under drainit: a request is cut that completes under tini"
	if broken := worse.breaks(); !slices.Contains(broken, want) {
		t.Errorf("broken are %q, want %q among them", broken, want)
	}
}

// What was read out of a document is what was written, but for the seconds.
func TestVerdictsAreCompared(t *testing.T) {
	committed := verdicts(markdown([]row{good(), cutting()}, "tini 0.19"))
	if len(committed) != 4 { // both rows have one name
		t.Fatalf("verdicts %q, want four", committed)
	}
	again, other, missing := cutting(), cutting(), cutting()
	again.lines[1].Exit = 9 * time.Second
	if err := same([]row{again}, committed); err != nil {
		t.Errorf("other seconds: %v, want no difference", err)
	}
	other.lines[1].Status = 1
	if err := same([]row{other}, committed); err == nil || strings.Count(err.Error(), documentPath) != 1 || !strings.Contains(err.Error(), "| 1: docs/proof/servers.md has") {
		t.Errorf("another status: %v, want one difference", err)
	}
	missing.name = "another server"
	if err := same([]row{missing}, committed); err == nil || strings.Count(err.Error(), "not in "+documentPath) != 4 {
		t.Errorf("another row: %v, want four differences", err)
	}
	failed := cutting()
	failed.lines[1].err = io.EOF
	if err := same([]row{failed}, committed); err == nil {
		t.Error("a line that was not measured: no difference, want one")
	}
	moments, held := cutting(), cutting()
	moments.lines[1].Fresh = []answer{served, reset, refused}
	if err := same([]row{moments}, committed); err != nil {
		t.Errorf("another way to lose new connections: %v, want no difference", err)
	}
	moments.lines[1].Fresh = []answer{served, served, served}
	held.lines[2].Fresh = []answer{served, reset, refused}
	for _, r := range []row{moments, held} {
		if err := same([]row{r}, committed); err == nil {
			t.Errorf("new connections %q and %q: no difference, want one", r.lines[1].Fresh, r.lines[2].Fresh)
		}
	}
}

func TestWebTellsWhatBecameOfARequest(t *testing.T) {
	answering := func(status int, body string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			io.WriteString(w, body)
		}))
		t.Cleanup(s.Close)
		return s.Listener.Addr().String()
	}
	half := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "3")
		io.WriteString(w, "o")
	}))
	t.Cleanup(half.Close)
	for address, want := range map[string]answer{
		answering(200, "ok\n"):        served,
		answering(200, "o"):           rejected,
		answering(500, "ok\n"):        rejected,
		answering(502, ""):            "502",
		half.Listener.Addr().String(): reset,
		hangingUp(t):                  reset,
		closed(t):                     refused,
	} {
		if got := (web{address}).prepare(false)(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// hangingUp accepts and closes.
func hangingUp(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conn.Close()
		}
	}()
	return listener.Addr().String()
}

// closed is the address of nobody.
func closed(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	return listener.Addr().String()
}

func TestSaidReadsClients(t *testing.T) {
	for output, want := range map[string]answer{
		"ok\n": served,
		`psql: error: connection to server at "127.0.0.1", port 5432 failed: Connection refused`: refused,
		"ERROR 2002 (HY000): Can't connect to server on '127.0.0.1' (115)":                       refused,
		"psql: error: FATAL:  the database system is shutting down":                              rejected,
		"FATAL:  terminating connection due to administrator command":                            reset,
		"queued\n":                    queued,
		"(error) ERR took too long\n": reset,
		"":                            reset,
	} {
		if got := said(output, nil); got != want {
			t.Errorf("%q: got %q, want %q", output, got, want)
		}
	}
	if got := said("ok", io.EOF); got == served {
		t.Error("a client that failed was served")
	}
}
