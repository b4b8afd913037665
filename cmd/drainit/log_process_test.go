package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// With --log-level report a stop is its report, and nothing else unless it is wrong.
func TestLogLevelReport(t *testing.T) {
	t.Parallel()
	for level, want := range map[string][]string{
		"info":   {"stop requested INFO", "stop signal sent INFO", "drain report INFO"},
		"report": {"drain report INFO"},
		"warn":   nil,
	} {
		r := launch(t, spec{args: command([]string{"--log-format", "json", "--log-level", level}, role("wait", "0")...)})
		r.says("ready")
		r.signal(syscall.SIGTERM)
		r.wantExit(0)
		var got []string
		for line := range strings.Lines(r.stderr.String()) {
			var l struct{ Msg, Level string }
			if err := json.Unmarshal([]byte(line), &l); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			got = append(got, l.Msg+" "+l.Level)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: logged %q, want %q", level, got, want)
		}
	}
}

// What keeps the program from its start is JSON, too, if that is what was asked for.
func TestNotStartedAsJSON(t *testing.T) {
	t.Parallel()
	type line = map[string]any
	for _, tt := range []struct {
		args, env []string
		status    int
		want      []line
	}{
		{[]string{"--log-format", "json", "--drain-delay", "5x", "true"}, []string{"DRAINIT_PORTS=70000"}, 125, []line{
			{"flag": "--drain-delay", "value": "5x", "status": 125., "error": `unknown unit "x"; did you mean 5s?`},
			{"flag": "--ports", "value": "70000", "variable": "DRAINIT_PORTS", "status": 125., "error": "70000 is no port; a port is 1 to 65535"}}},
		{nil, []string{"DRAINIT_LOG_FORMAT=json"}, 125, []line{
			{"status": 125., "error": "no COMMAND; write the program to run behind the flags, such as: drainit -- nginx -g 'daemon off;' (-h for help)"}}},
		{[]string{"--log-format=json", "/"}, nil, 126, []line{{"status": 126., "error": "/: is a directory; name the program in it"}}},
		{[]string{"--log-format=json", "no-such-program"}, nil, 127, []line{
			{"status": 127., "error": "no-such-program: not found; it must be in the image, on PATH or with its full path"}}},
	} {
		r := launch(t, spec{args: tt.args, env: tt.env})
		r.wantExit(tt.status)
		var got []line
		for text := range strings.Lines(r.stderr.String()) {
			l := line{}
			if err := json.Unmarshal([]byte(text), &l); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			if l["msg"] != "program not started" || l["level"] != "ERROR" || l["logger"] != "drainit" {
				t.Errorf("got %s", text)
			}
			for _, key := range []string{"time", "level", "msg", "logger"} {
				delete(l, key)
			}
			got = append(got, l)
		}
		if !slices.EqualFunc(got, tt.want, maps.Equal) {
			t.Errorf("%q %q: got %v, want %v", tt.args, tt.env, got, tt.want)
		}
	}
}
