package ctl

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"drainit/internal/conns"
)

// elsewhere are surroundings in which PID 1 is nginx and nothing else is there.
func elsewhere() surroundings {
	return seen(map[int][]string{1: {"nginx", "-g", "daemon off;"}, 7: {"drainit", "ctl", "x"}})
}

// seen are surroundings with the processes given, in one container.
func seen(processes map[int][]string) surroundings {
	return surroundings{
		self:         7,
		pidNamespace: 4026531836,
		executable:   "/opt/drainit",
		argv: func(pid int) ([]string, error) {
			argv, ok := processes[pid]
			if !ok {
				return nil, os.ErrNotExist
			}
			return argv, nil
		},
		pids: func() []int {
			var pids []int
			for pid := range 100 {
				if _, ok := processes[pid]; ok {
					pids = append(pids, pid)
				}
			}
			return pids
		},
		env:         func(int) ([]string, error) { return nil, os.ErrPermission },
		listeners:   conns.Listeners,
		sockets:     func(int) (map[uint64]bool, error) { return nil, os.ErrPermission },
		sameProgram: func(int) bool { return false },
		container:   func(int) container { return sameContainer },
	}
}

// said is what a call of ctl left behind.
type said struct {
	status         int
	stdout, stderr string
}

func callCtl(t *testing.T, a surroundings, env []string, args ...string) said {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status := runAround(args, env, &stdout, &stderr, a)
	return said{status, stdout.String(), stderr.String()}
}

func TestCtlUse(t *testing.T) {
	for _, tt := range []struct {
		args string
		want said
	}{
		{"", said{125, "", usage}},
		{"-h", said{0, usage, ""}},
		{"--help", said{0, usage, ""}},
		{"help", said{0, usage, ""}},
		{"status -h", said{0, usage, ""}},
		{"ready --help", said{0, usage, ""}},
		{"sleep -h", said{0, usage, ""}},
		{"plan -h", said{0, usage, ""}},
		{"install -h", said{0, usage, ""}},
		{"statsu", said{125, "", "drainit: ctl statsu: no such verb; did you mean status?\n"}},
		{"drain", said{125, "", "drainit: ctl drain: no such verb; there are ready, live, status, stop, sleep, plan, install\n"}},
		{"ready now", said{125, "", "drainit: ctl: \"now\" is too much; drainit ctl -h shows what each verb takes\n"}},
		{"ready --json", said{125, "", "drainit: --json: no such flag; drainit ctl -h lists them\n"}},
		{"status --jsno --probe-adr=:1", said{125, "", "drainit: --jsno: no such flag; did you mean --json?\ndrainit: --probe-adr: no such flag; did you mean --probe-addr?\n"}},
		{"status --probe-addr", said{125, "", "drainit: --probe-addr: missing value\n"}},
		{"live --probe-addr=localhost:1", said{125, "", "drainit: --probe-addr \"localhost:1\": a name, not an address; did you mean 127.0.0.1:1?\n"}},
		{"sleep", said{125, "", "drainit: ctl sleep: wants one duration, such as 10 or 10s\n"}},
		{"sleep 1 2", said{125, "", "drainit: ctl sleep: wants one duration, such as 10 or 10s\n"}},
		{"sleep 1d", said{125, "", "drainit: ctl sleep \"1d\": unknown unit \"d\"; did you mean 24h?\n"}},
		{"sleep -5", said{125, "", "drainit: ctl sleep \"-5\": negative; did you mean 5s?\n"}},
		{"install", said{125, "", "drainit: ctl install: wants a file or directory to copy to, such as /shared/drainit\n"}},
	} {
		if got := callCtl(t, elsewhere(), nil, strings.Fields(tt.args)...); got != tt.want {
			t.Errorf("drainit ctl %s: got %+v, want %+v", tt.args, got, tt.want)
		}
	}
}

// brokenPipe is a standard output nobody reads.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestCtlUnreadOutputIsAnError(t *testing.T) {
	var stderr bytes.Buffer
	if status := runAround([]string{"plan"}, nil, brokenPipe{}, &stderr, elsewhere()); status != 1 {
		t.Errorf("got status %d, want 1; stderr %s", status, stderr.String())
	}
}
