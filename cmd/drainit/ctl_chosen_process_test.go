package main

import (
	"encoding/json"
	"strings"
	"testing"

	"drainit/internal/probe"
)

// With port 0 the log says where probes are served, and ctl finds the drainit of its
// own container, as its user or another, although others listen beside it.
func TestCtlFindsTheChosenPort(t *testing.T) {
	t.Parallel()
	other := launch(t, spec{args: command([]string{"--probe-addr", "127.0.0.1:0", "--log-format", "json"}, role("wait", "0")...)})
	other.says("ready")
	for _, tt := range []struct{ what, addr string }{{"IPv4", "127.0.0.1:0"}, {"all addresses", "0"}} {
		r := launch(t, spec{args: command([]string{"--probe-addr", tt.addr, "--log-format", "json"}, binary, "ctl", "status", "--json")})
		r.wantExit(0)
		var line struct{ Msg, Level, Addr string }
		if err := json.Unmarshal([]byte(r.stderr.String()), &line); err != nil || line.Msg != "probes are served" || line.Level != "INFO" {
			t.Fatalf("%s: logged %q, want where probes are served", tt.what, r.stderr)
		}
		var st probe.Status
		if err := json.Unmarshal([]byte(r.stdout.String()), &st); err != nil || st.State != "running" || st.PID != 1 {
			t.Errorf("%s: status %q, %v", tt.what, r.stdout, err)
		}
		if strings.Contains(other.stderr.String(), line.Addr) {
			t.Errorf("%s: two drainits at %s", tt.what, line.Addr)
		}
	}
}
