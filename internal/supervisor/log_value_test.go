package supervisor

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"drainit/internal/drain"
	"drainit/internal/logging"
)

// What one attribute is for people and for machines.
func TestLogFormats(t *testing.T) {
	plan := drain.Plan{Delay: time.Second, DelayMax: 15 * time.Second}
	seen := drain.Seen{Known: true, Connections: drain.Connections{InFlight: 1, Idle: 2}}
	for _, tt := range []struct {
		value      any
		text, json string
	}{
		{2501499 * time.Microsecond, "key=2.501s", `"key_seconds":2.501`},
		{time.Duration(0), "key=0s", `"key_seconds":0`},
		{7, "key=7", `"key":7`},
		{orOff(8 * time.Second), "key=8s", `"key_seconds":8`},
		{orOff(0), "key=off", ""},
		{holdOf(plan, drain.Record{Hold: 15 * time.Second}), "key=1s..15s", `"key_seconds":1,"key_max_seconds":15`},
		{holdOf(plan, drain.Record{}), "key=0s", `"key_seconds":0`},
		{uidValue(0, true), "key=0", `"key":0`},
		{uidValue(0, false), "key=unknown", ""},
		{connectionsThen(seen)[1], `key="1 request in flight, 2 idle connections"`,
			`"key":{"finished":0,"in_flight":1,"idle":2,"undecided":0,"unaccepted":0}`},
	} {
		for format, want := range map[string]string{"text": tt.text + "\n", "json": strings.TrimSuffix(`"logger":"drainit",`+tt.json, ",") + "}\n"} {
			var log bytes.Buffer
			logging.New(&log, format, 0).Info("msg", "key", tt.value)
			if !strings.HasSuffix(log.String(), want) {
				t.Errorf("%v as %s: got %s, want it to end in %s", tt.value, format, &log, want)
			}
		}
	}
}
