package ctl

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"

	"drainit/internal/probe"
	"drainit/internal/signals"
)

// TestCtlStop: the first request begins a stop, and each further one has the signal that
// began it.
func TestCtlStop(t *testing.T) {
	for _, tt := range []struct {
		state, signal string // of the stop under way
		want          string
		next          string
	}{
		{"running", "", "SIGTERM", "a stop begins; once more ends the hold"},
		{"draining", "SIGQUIT", "SIGQUIT", "the hold ends now"},
		{"draining", "hangup", "SIGTERM", "the first signal since the hangup ends nothing yet; once more ends the hold"},
		{"stopping", "hangup", "SIGTERM", "the first signal since the hangup ends nothing yet; once more sends the next signal of the schedule, if there is one"},
		{"stopping", "SIGTERM", "SIGTERM", "the next signal of the schedule is sent now, if there is one"},
		{"", "", "SIGTERM", "drainit ctl status shows what it does"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set(probe.HeaderVersion, "test")
			w.Header().Set(probe.HeaderPID, "1")
			w.Header().Set(probe.HeaderPIDNamespace, "4026531836")
			if tt.state == "" {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			request := "null"
			if tt.signal != "" {
				request = fmt.Sprintf(`{"signal": %q, "seconds_ago": 1}`, tt.signal)
			}
			fmt.Fprintf(w, `{"state": %q, "stop_request": %s}`, tt.state, request)
		}))
		defer server.Close()
		in := seen(map[int][]string{1: {"/drainit", "--", "nginx"}})
		var sent string
		in.kill = func(pid int, sig syscall.Signal) error {
			sent = fmt.Sprintf("%s to %d", signals.Name(sig), pid)
			return nil
		}
		says := fmt.Sprintf("sent %s to drainit, PID 1: %s\n", tt.want, tt.next)
		got := callCtl(t, in, nil, "stop", "--probe-addr", strings.TrimPrefix(server.URL, "http://"))
		if sent != tt.want+" to 1" || got != (said{0, says, ""}) {
			t.Errorf("%s %s: sent %q, said %+v; want %s, %q", tt.state, tt.signal, sent, got, tt.want, says)
		}
	}
}

// TestCtlStopSendsWhatIsAStopRequest: a list of them may be without SIGTERM, which would
// be passed on and end the program at once.
func TestCtlStopSendsWhatIsAStopRequest(t *testing.T) {
	for _, tt := range []struct {
		flags []string
		env   []string
		want  syscall.Signal
	}{
		{[]string{"--stop-on", "INT,TERM"}, nil, syscall.SIGTERM},
		{[]string{"--stop-on=QUIT"}, nil, syscall.SIGQUIT},
		{nil, []string{"DRAINIT_STOP_ON=QUIT,USR1"}, syscall.SIGQUIT},
	} {
		in := seen(map[int][]string{1: slices.Concat([]string{"/drainit"}, tt.flags, []string{"--", "nginx"})})
		in.env = func(int) ([]string, error) { return tt.env, nil }
		var sent syscall.Signal
		in.kill = func(_ int, sig syscall.Signal) error {
			sent = sig
			return nil
		}
		if got := callCtl(t, in, nil, "stop", "--probe-addr", "127.0.0.1:1"); got.status != 0 || sent != tt.want {
			t.Errorf("%v %v: sent %v, said %+v; want %v", tt.flags, tt.env, sent, got, tt.want)
		}
	}
}

// TestCtlStopsNobodyElse: where it is not sure whose drainit that is, or there is none.
func TestCtlStopsNobodyElse(t *testing.T) {
	for _, tt := range []struct {
		processes map[int][]string
		in        container
		err       error
		want      string
	}{
		{map[int][]string{1: {"nginx"}}, sameContainer, nil, "drainit: not stopped: PID 1 is nginx, drainit is not running here\n"},
		{map[int][]string{1: {"/pause"}, 9: {"drainit", "app"}}, unsureContainer, nil, "drainit: not stopped: PID 9 may be the drainit of another container"},
		{map[int][]string{1: {"drainit", "app"}}, sameContainer, syscall.EPERM, "it runs as another user: run ctl as that one"},
	} {
		in := seen(tt.processes)
		in.container = func(int) container { return tt.in }
		in.kill = func(pid int, _ syscall.Signal) error {
			if tt.err == nil {
				t.Errorf("PID %d was signalled", pid)
			}
			return tt.err
		}
		if got := callCtl(t, in, nil, "stop", "--probe-addr", "127.0.0.1:1"); got.status != 1 || !strings.Contains(got.stderr, tt.want) {
			t.Errorf("got %+v, want %q", got, tt.want)
		}
	}
}
