package ctl

import (
	"strings"
	"testing"
)

func TestCtlPlan(t *testing.T) {
	for _, tt := range []struct {
		name string
		args string
		env  []string
		want said
	}{
		{"no settings", "", nil, said{0, `
      0s  stop request   T0: the platform's stop signal arrives
      0s  readiness red  /readyz answers 503
      0s  stop signal    to the program: drain delay 0s (auto: neither Kubernetes nor a grace period)

drainit kills nothing: there is no deadline.
When the platform sends SIGKILL is not known here; --grace-period says it.
What the program leaves behind has 2s from its exit.
`, ""}},
		{"a report", "--report post:https://u:p@h/x?y", []string{"DRAINIT_REPORT=post:http://h/"}, said{0, `
      0s  stop request   T0: the platform's stop signal arrives
      0s  readiness red  /readyz answers 503
      0s  stop signal    to the program: drain delay 0s (auto: neither Kubernetes nor a grace period)

drainit kills nothing: there is no deadline.
When the platform sends SIGKILL is not known here; --grace-period says it.
What the program leaves behind has 2s from its exit.
When all have gone drainit sends the report, 500ms at most: post:https://h/x.
`, ""}},
		{"kubernetes", "", []string{"KUBERNETES_SERVICE_HOST=10.0.0.1"}, said{0, `
      0s  stop request   T0: the platform's stop signal arrives
      0s  readiness red  /readyz answers 503
      5s  stop signal    to the program: drain delay 5s (auto: Kubernetes)

drainit kills nothing: there is no deadline.
When the platform sends SIGKILL is not known here; --grace-period says it.
Nothing is held where nothing listens.
Nothing is held if --ports or --ready-check was never green, or is red.
What the program leaves behind has 2s from its exit.
A Service's last ready pod is refused once its probe fails, though it serves until 5s: --unready-after stop, or a probe that fails later.
`, ""}},
		{"kubernetes, ready until the stop signal", "--unready-after stop", []string{"KUBERNETES_SERVICE_HOST=10.0.0.1"}, said{0, `
      0s  stop request   T0: the platform's stop signal arrives
      5s  readiness red  /readyz answers 503
      5s  stop signal    to the program: drain delay 5s (auto: Kubernetes)

drainit kills nothing: there is no deadline.
When the platform sends SIGKILL is not known here; --grace-period says it.
Nothing is held where nothing listens.
Nothing is held if --ports or --ready-check was never green, or is red.
What the program leaves behind has 2s from its exit.
`, ""}},
		{"grace period, with a command", "-- nginx -h", []string{"DRAINIT_GRACE_PERIOD=90", "DRAINIT_QUUX=1"}, said{0, `
      0s  stop request   T0: the platform's stop signal arrives
      0s  readiness red  /readyz answers 503
      5s  stop signal    SIGQUIT to the program: drain delay 5s (auto: a grace period is given)
   1m26s  next signal    SIGTERM, the fast one of nginx
   1m28s  SIGKILL        by drainit, to all that is left: deadline
   1m30s  SIGKILL        by the platform: grace period

The program has 1m23s from its stop signal to the deadline.
DRAINIT_STOP_BUDGET tells it 79: the seconds it may take by itself.
Nothing is held where nothing listens.
Nothing is held if --ports or --ready-check was never green, or is red.
What the program leaves behind has 2s from its exit.
`, "drainit: DRAINIT_QUUX is ignored: no such setting\n"}},
		{"a front that chooses a port", "--front :8080 --front :8081=unix:/run/app.sock --grace-period 60", nil, said{0, `
      0s  stop request   T0: the platform's stop signal arrives
      0s  readiness red  /readyz answers 503
      0s  front drains   each answer ends its connection; new ones are served
      5s  have left      WebSockets and streams of events, one after another from T0 on
      5s  front closes   nothing new comes in; what is in flight finishes
     53s  stop signal    to the program, at the latest: drain delay 5s (auto: a grace period is given)
     56s  next signal    the program's fast one, if it has one
     58s  SIGKILL        by drainit, to all that is left: deadline
      1m  SIGKILL        by the platform: grace period

After the delay the stop signal waits until no request is in flight, 5s before the deadline at most.
The program has 5s from its stop signal to the deadline.
DRAINIT_STOP_BUDGET tells it 2: the seconds it may take by itself.
Nothing is held where nothing listens.
Nothing is held if --ports or --ready-check was never green, or is red.
What the program leaves behind has 2s from its exit.
PORT tells the program where to listen behind :8080: a port chosen at the start, 20143 if that is free.
`, ""}},
		{"a command that no signal surely ends", "--grace-period 90 -- puma", nil, said{0, `
      0s  stop request   T0: the platform's stop signal arrives
      0s  readiness red  /readyz answers 503
      5s  stop signal    to the program: drain delay 5s (auto: a grace period is given)
   1m28s  SIGKILL        by drainit, to all that is left: deadline
   1m30s  SIGKILL        by the platform: grace period

Of puma: no signal surely ends it while it drains: set force_shutdown_after, to end within 1m21s.
The program has 1m23s from its stop signal to the deadline.
DRAINIT_STOP_BUDGET tells it 79: the seconds it may take by itself.
Nothing is held where nothing listens.
Nothing is held if --ports or --ready-check was never green, or is red.
What the program leaves behind has 2s from its exit.
`, ""}},
		{"short grace period", "--grace-period 8", nil, said{0, `
      0s  stop request   T0: the platform's stop signal arrives
      0s  readiness red  /readyz answers 503
      2s  stop signal    to the program: drain delay 2s (auto: a quarter of the grace period)
   5.12s  next signal    the program's fast one, if it has one
    6.4s  SIGKILL        by drainit, to all that is left: deadline
      8s  SIGKILL        by the platform: grace period

The program has 4.4s from its stop signal to the deadline.
DRAINIT_STOP_BUDGET tells it 2: the seconds it may take by itself.
Nothing is held where nothing listens.
Nothing is held if --ports or --ready-check was never green, or is red.
What the program leaves behind has 2s from its exit.
`, ""}},
		{"unready later, no deadline", "--drain-delay 1h --unready-after 10m --deadline off --grace-period 2h --sweep 0", nil, said{0, `
      0s  stop request   T0: the platform's stop signal arrives
     10m  readiness red  /readyz answers 503
      1h  stop signal    to the program: drain delay 1h (as given)
      2h  SIGKILL        by the platform: grace period

drainit kills nothing: there is no deadline.
Nothing is held if --ports or --ready-check was never green, or is red.
What the program leaves behind has 0s from its exit.
`, ""}},
		{"unready with the stop signal", "--drain-delay 3 --unready-after stop", nil, said{0, `
      0s  stop request   T0: the platform's stop signal arrives
      3s  readiness red  /readyz answers 503
      3s  stop signal    to the program: drain delay 3s (as given)

drainit kills nothing: there is no deadline.
When the platform sends SIGKILL is not known here; --grace-period says it.
Nothing is held if --ports or --ready-check was never green, or is red.
What the program leaves behind has 2s from its exit.
`, ""}},
		{"unready too late to matter", "--drain-delay 3 --unready-after 4", nil, said{0, `
      0s  stop request   T0: the platform's stop signal arrives
      3s  readiness red  /readyz answers 503
      3s  stop signal    to the program: drain delay 3s (as given)

drainit kills nothing: there is no deadline.
When the platform sends SIGKILL is not known here; --grace-period says it.
Nothing is held if --ports or --ready-check was never green, or is red.
What the program leaves behind has 2s from its exit.
`, ""}},
		{"until idle, and a range", "--drain-delay 1..8 --drain-until idle --grace-period 30 --unready-after stop", nil, said{0, `
      0s  stop request   T0: the platform's stop signal arrives
     23s  readiness red  /readyz answers 503
     23s  stop signal    to the program, at the latest: drain delay 1s..8s (as given)
     26s  next signal    the program's fast one, if it has one
     28s  SIGKILL        by drainit, to all that is left: deadline
     30s  SIGKILL        by the platform: grace period

The delay ends from 1s on when connections have clearly ceased to arrive.
After the delay the stop signal waits until no request is in flight, 5s before the deadline at most.
The program has 5s from its stop signal to the deadline.
DRAINIT_STOP_BUDGET tells it 2: the seconds it may take by itself.
Nothing is held if --ports or --ready-check was never green, or is red.
What the program leaves behind has 2s from its exit.
`, ""}},
		{"until closed, without an end", "--drain-delay 1 --drain-until closed", nil, said{1, `
      0s  stop request   T0: the platform's stop signal arrives
      0s  readiness red  /readyz answers 503
      1s  stop signal    to the program: drain delay 1s (as given)

drainit kills nothing: there is no deadline.
When the platform sends SIGKILL is not known here; --grace-period says it.
Nothing is held if --ports or --ready-check was never green, or is red.
What the program leaves behind has 2s from its exit.
`, `drainit: --drain-until "closed": nothing ends the wait, and a platform that allows less would kill a program that was never told to stop; set --grace-period to what the platform allows, or --deadline
`}},
		{"a schedule", "--stop-signal QUIT/20/INT/10/TERM --grace-period 60", nil, said{0, `
      0s  stop request   T0: the platform's stop signal arrives
      0s  readiness red  /readyz answers 503
      5s  stop signal    SIGQUIT to the program: drain delay 5s (auto: a grace period is given)
     25s  next signal    SIGINT, 20s after the one before
     35s  next signal    SIGTERM, 10s after the one before
     58s  SIGKILL        by drainit, to all that is left: deadline
      1m  SIGKILL        by the platform: grace period

The program has 53s from its stop signal to the deadline.
DRAINIT_STOP_BUDGET tells it 18: the seconds it may take by itself.
Nothing is held where nothing listens.
Nothing is held if --ports or --ready-check was never green, or is red.
What the program leaves behind has 2s from its exit.
`, ""}},
		{"a schedule that does not fit", "--stop-signal QUIT/1m/TERM --grace-period 60", nil, said{1, `
      0s  stop request   T0: the platform's stop signal arrives
      0s  readiness red  /readyz answers 503
      5s  stop signal    SIGQUIT to the program: drain delay 5s (auto: a grace period is given)
     58s  SIGKILL        by drainit, to all that is left: deadline
      1m  SIGKILL        by the platform: grace period
    1m5s  next signal    SIGTERM, 1m after the one before

The program has 53s from its stop signal to the deadline.
DRAINIT_STOP_BUDGET tells it 51: the seconds it may take by itself.
Nothing is held where nothing listens.
Nothing is held if --ports or --ready-check was never green, or is red.
What the program leaves behind has 2s from its exit.
`, `drainit: --stop-signal "QUIT/1m/TERM": its last signal is due up to 1m5s after the stop request; it must be 2s before the deadline of 58s, at which SIGKILL ends the program; shorten its waits by 9s, or set a grace period of at least 1m9s here and on the platform
`}},
		{"does not fit", "--grace-period 30 --deadline 31 --ports 10143", []string{"DRAINIT_DRAIN_DELAY=31"}, said{1, `
      0s  stop request   T0: the platform's stop signal arrives
      0s  readiness red  /readyz answers 503
     30s  SIGKILL        by the platform: grace period
     31s  stop signal    to the program: drain delay 31s (as given)
     31s  SIGKILL        by drainit, to all that is left: deadline

Nothing is held if --ports or --ready-check was never green, or is red.
What the program leaves behind has 2s from its exit.
`, `drainit: --deadline "31": not before the grace period of 30s ends, so the platform's SIGKILL would come first; leave it out (it follows from the grace period), or set less than 30s
drainit: --drain-delay "31" (from DRAINIT_DRAIN_DELAY): not before the deadline of 31s, so the program would never be told to stop; set at most 26s, or a later deadline
drainit: --ports "10143": 10143 is where drainit serves its own probes (--probe-addr); write the program's port
`}},
		{"cannot be read", "--grace-period 30x --quux", []string{"DRAINIT_SWEEP=?"}, said{125, "", `drainit: --quux: no such flag; -h lists them
drainit: --grace-period "30x": unknown unit "x"; did you mean 30s?
drainit: --sweep "?" (from DRAINIT_SWEEP): not a duration; write 5s, 1m30s or a number of seconds
`}},
	} {
		got := callCtl(t, elsewhere(), tt.env, append([]string{"plan"}, strings.Fields(tt.args)...)...)
		tt.want.stdout = strings.TrimPrefix(tt.want.stdout, "\n")
		if got != tt.want {
			t.Errorf("%s: got status %d\n%s%s\nwant status %d\n%s%s", tt.name,
				got.status, got.stdout, got.stderr, tt.want.status, tt.want.stdout, tt.want.stderr)
		}
	}
}
