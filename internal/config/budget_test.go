package config

import (
	"slices"
	"strings"
	"testing"
)

// TestStopBudget: the number is what the timeline leaves, a margin less, whatever makes it
// shorter.
func TestStopBudget(t *testing.T) {
	for args, want := range map[string]string{
		"":                                      "",                       // nothing ends a stop
		"--grace-period 30":                     "DRAINIT_STOP_BUDGET=19", // the hold of 5s, the fast signal at 26s
		"--grace-period 10":                     "DRAINIT_STOP_BUDGET=3",  // 2.5s, and at 6.4s
		"--grace-period 120":                    "DRAINIT_STOP_BUDGET=109",
		"--grace-period 30 --drain-until idle":  "DRAINIT_STOP_BUDGET=2",
		"--grace-period 30 --drain-delay 1..15": "DRAINIT_STOP_BUDGET=9",
		"--grace-period 30 --stop-signal QUIT/9s/TERM":          "DRAINIT_STOP_BUDGET=7",
		"--grace-period 30 --stop-signal TERM":                  "DRAINIT_STOP_BUDGET=21", // and SIGKILL at 28s
		"--grace-period 60 --stop-order app,proxy --name app":   "DRAINIT_STOP_BUDGET=44",
		"--grace-period 60 --stop-order app,proxy --name proxy": "DRAINIT_STOP_BUDGET=2",
		"--deadline off --grace-period 30":                      "",
		"--grace-period 30 --at-stop post:http://127.0.0.1/x":   "DRAINIT_STOP_BUDGET=18",
		"--deadline 1s": "DRAINIT_STOP_BUDGET=1",
	} {
		c := mustParse(t, append(strings.Fields(args), "x"), nil)
		env := c.Env([]string{"A=b", "DRAINIT_STOP_BUDGET=7"})
		got := env[len(env)-1]
		if want == "" {
			want = "DRAINIT_STOP_BUDGET=7"
		} else if len(env) != 2 {
			t.Errorf("%s: the program's environment is %q, want one number", args, env)
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", args, got, want)
		}
	}
}

// TestExpand: the words become numbers where that was asked for, and there must be one.
func TestExpand(t *testing.T) {
	command := []string{"nginx-{stop_budget}", "-g", "worker_shutdown_timeout {stop_budget}s;", "{grace_period}", "{else}"}
	for _, tt := range []struct {
		flags []string
		want  []string
	}{
		{[]string{"--grace-period", "30"}, command},
		{[]string{"--grace-period", "30", "--expand"}, []string{"nginx-{stop_budget}", "-g", "worker_shutdown_timeout 19s;", "30", "{else}"}},
	} {
		if c := mustParse(t, slices.Concat(tt.flags, command), nil); !slices.Equal(c.Command, tt.want) {
			t.Errorf("%v: got %q, want %q", tt.flags, c.Command, tt.want)
		}
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"x", "{grace_period}"}, `"{grace_period}" in COMMAND without a grace period; set --grace-period`},
		{[]string{"x", "{stop_budget}"}, `"{stop_budget}" in COMMAND without a grace period; set --grace-period`},
		{[]string{"--grace-period", "30", "--deadline", "off", "x", "{stop_budget}"}, `"{stop_budget}" in COMMAND without a deadline; leave --deadline off out`},
	} {
		want := `--expand "true": there is no number for ` + tt.want
		if _, _, err := Parse(append([]string{"--expand"}, tt.args...), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want %s", tt.args, err, want)
		}
	}
}
