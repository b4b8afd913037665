package config

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"drainit/internal/drain"
)

// show writes what a setting has become, so that it can be compared.
func show(c Config, name string) string {
	switch name {
	case "grace-period":
		return c.Settings.GracePeriod.String()
	case "drain-delay":
		return fmt.Sprint(c.Settings.DelayGiven, c.Settings.Delay, c.Settings.DelayMax)
	case "drain-until":
		return c.Settings.Until.String()
	case "ports":
		return fmt.Sprint(c.PortsNone, c.Ports)
	case "ready-check":
		return fmt.Sprint(c.ReadyCheck)
	case "deadline":
		return fmt.Sprint(c.Settings.DeadlineOff, c.Settings.Deadline)
	case "sweep":
		return c.Settings.Sweep.String()
	case "stop-on":
		return c.StopOn.String()
	case "stop-signal":
		return c.StopSignal.String()
	case "at-drain":
		return fmt.Sprint(Texts(c.AtDrain))
	case "at-stop":
		return fmt.Sprint(Texts(c.AtStop))
	case "map":
		return c.Map.String()
	case "stop-on-hangup":
		return fmt.Sprint(c.StopOnHangup)
	case "group":
		return fmt.Sprint(c.Group)
	case "live-check":
		return fmt.Sprint(c.LiveCheck)
	case "unready-after":
		return fmt.Sprint(c.Settings.UnreadyWithStop, c.Settings.UnreadyAfter)
	case "probe-addr":
		return c.ProbeAddr
	case "stop-order":
		return fmt.Sprint(c.Settings.Order)
	case "name":
		return c.Settings.Name
	case "front":
		return fmt.Sprint(c.Front)
	case "front-port-variable":
		return fmt.Sprint(c.FrontVariables)
	case "front-forwarded":
		return fmt.Sprint(c.FrontForwarded)
	case "front-long-lived":
		return fmt.Sprint(c.Settings.LongLived)
	case "exit-with":
		return fmt.Sprint(c.ExitWith)
	case "pod-id":
		return c.PodID
	case "idle-check":
		return fmt.Sprint(c.IdleChecks)
	case "expand":
		return fmt.Sprint(c.Expand)
	case "remap-exit":
		return fmt.Sprint(c.RemapExit)
	case "on-exit":
		return c.OnExit
	case "log-format":
		return c.LogFormat
	case "log-level":
		return c.LogLevel.String()
	case "parent-death-signal":
		return fmt.Sprint(int(c.ParentDeathSignal))
	case "termination-log":
		return c.TerminationLog
	case "report":
		return fmt.Sprint(c.Reports)
	}
	return "not shown"
}

// settingCases gives each setting its default, and a value and another of which
// each is different.
var settingCases = map[string]struct{ byDefault, value, shown, other, otherShown string }{
	"grace-period":        {"0s", "30", "30s", "1m30s", "1m30s"},
	"drain-delay":         {"false 0s 0s", "1.5", "true 1.5s 0s", "1..1m", "true 1s 1m0s"},
	"drain-until":         {"delay", "idle", "idle", "CLOSED", "closed"},
	"ports":               {"false []", "8080, 9090,8080", "false [8080 9090]", "none", "true []"},
	"ready-check":         {"<nil>", "http://127.0.0.1:8080/healthz", "http://127.0.0.1:8080/healthz", "tcp://127.0.0.1:1", "tcp://127.0.0.1:1"},
	"stop-order":          {"[]", "app,proxy", "[app proxy]", "proxy, app", "[proxy app]"},
	"name":                {"", "app", "app", "cloud-sql_proxy.2", "cloud-sql_proxy.2"},
	"deadline":            {"false 0s", "20s", "false 20s", "off", "true 0s"},
	"sweep":               {"2s", "0", "0s", "250ms", "250ms"},
	"stop-on":             {"auto", "term,15,QUIT", "SIGQUIT,SIGTERM", "USR1", "SIGUSR1"},
	"stop-signal":         {"auto", "QUIT", "SIGQUIT", "rtmin+3/20/TERM", "SIGRTMIN+3/20s/SIGTERM"},
	"at-drain":            {"[]", "USR1", "[SIGUSR1]", "post:http://127.0.0.1:1/x?secret\n TSTP\n", "[post:http://127.0.0.1:1/x SIGTSTP]"},
	"at-stop":             {"[]", "write:/run/app.fifo:q:1", "[write:/run/app.fifo]", "none", "[]"},
	"map":                 {"", "USR1=HUP,USR2=none", "SIGUSR1=SIGHUP,SIGUSR2=none", "HUP=USR2", "SIGHUP=SIGUSR2"},
	"idle-check":          {"[]", "gone:/run/busy", "[gone:/run/busy]", "http://a:b@127.0.0.1:1/x?y\nmetric:http://h/m#a{b=\"c\"}+d?", "[http://127.0.0.1:1/x metric:http://h/m#a{b=\"c\"}+d?]"},
	"expand":              {"false", "true", "true", "1", "true"},
	"group":               {"false", "true", "true", "1", "true"},
	"stop-on-hangup":      {"false", "true", "true", "1", "true"},
	"live-check":          {"<nil>", "https://127.0.0.1/livez", "https://127.0.0.1/livez", "tcp://[::1]:1", "tcp://[::1]:1"},
	"unready-after":       {"false 0s", "3", "false 3s", "stop", "true 0s"},
	"probe-addr":          {":10143", "127.0.0.1:9", "127.0.0.1:9", "off", ""},
	"front":               {"[]", ":80=8080", "[:80=127.0.0.1:8080]", "[::1]:80=unix:/run/a.sock, 10.0.0.1:81=[::1]:9", "[[::1]:80=unix:/run/a.sock 10.0.0.1:81=[::1]:9]"},
	"front-port-variable": {"[PORT]", "APP_PORT", "[APP_PORT]", "PORT_1, _p2", "[PORT_1 _p2]"},
	"front-forwarded":     {"true", "off", "false", "append", "true"},
	"exit-with":           {"[]", "app", "[app]", "app,cache", "[app cache]"},
	"pod-id":              {"", "3f0d1c52-5f0e-4a64-9f4b-0b7c9d3c1a2e", "3f0d1c52-5f0e-4a64-9f4b-0b7c9d3c1a2e", "x", "x"},
	"remap-exit":          {"map[]", "143=0,130=0", "map[130:0 143:0]", " 255 = 1 ", "map[255:1]"},
	"on-exit":             {"exit", "poweroff", "poweroff", "reboot", "reboot"},
	"log-format":          {"text", "json", "json", "json", "json"},
	"log-level":           {"INFO", "debug", "DEBUG", "ERROR", "ERROR"},
	"termination-log":     {"auto", "/dev/null", "/dev/null", "off", "off"},
	"front-long-lived":    {"{0s false false}", "90", "{1m30s true false}", "off", "{0s false true}"},
	"parent-death-signal": {"0", "SIGKILL", "9", "term", "15"},
	"report":              {"[]", "post:https://a:b@h/x?y", "[post:https://h/x]", "pushgateway:http://h:9091\n post:http://127.0.0.1\n", "[pushgateway:http://h:9091 post:http://127.0.0.1]"},
}

func mustParse(t *testing.T, args, env []string) Config {
	t.Helper()
	c, warnings, err := Parse(args, env)
	if err != nil || warnings != nil {
		t.Fatalf("parse(%q, %q): warnings %q, error\n%v", args, env, warnings, err)
	}
	return c
}

// companions are what a setting cannot be without: those that wait for evidence
// need an end, an order needs a name in it.
func companions(name string) []string {
	if name == "drain-delay" || name == "drain-until" || name == "idle-check" || name == "front" {
		return []string{"DRAINIT_DEADLINE=1h"}
	}
	if name == "stop-order" {
		return []string{"DRAINIT_NAME=app"}
	}
	return nil
}

func TestEverySetting(t *testing.T) {
	names := slices.Sorted(slices.Values(SettingNames()))
	if cases := slices.Sorted(maps.Keys(settingCases)); !slices.Equal(names, cases) {
		t.Fatalf("settings are %q, tested are %q", names, cases)
	}
	for _, s := range settings() {
		tt := settingCases[s.name]
		variable := VariableOf(s.name) + "="
		for _, c := range []struct {
			how       string
			args, env []string
			want      string
		}{
			{"default", nil, nil, tt.byDefault},
			{"default written out", []string{"--" + s.name + "=" + s.byDefault}, nil, tt.byDefault},
			{"empty variable", nil, []string{variable}, tt.byDefault},
			{"variable", nil, []string{variable + tt.value}, tt.shown},
			{"other variable", nil, []string{variable + tt.other}, tt.otherShown},
			{"flag", []string{"--" + s.name + "=" + tt.value}, nil, tt.shown},
			{"flag beats variable", []string{"--" + s.name + "=" + tt.other}, []string{variable + tt.value}, tt.otherShown},
			{"default as flag beats variable", []string{"--" + s.name + "=" + s.byDefault}, []string{variable + tt.value}, tt.byDefault},
			{"flag beats a bad variable", []string{"--" + s.name + "=" + tt.value}, []string{variable + "?"}, tt.shown},
			{"last flag", []string{"--" + s.name + "=" + tt.value, "-" + s.name + "=" + tt.other}, nil, tt.otherShown},
			{"first variable", nil, []string{variable + tt.value, variable + tt.other}, tt.shown},
		} {
			if s.arity == repeats && c.how == "last flag" {
				continue // TestActionsAreRepeated
			}
			got := mustParse(t, append(c.args, "--", "x"), append(c.env, companions(s.name)...))
			if got := show(got, s.name); got != c.want {
				t.Errorf("%s by %s: got %s, want %s", s.name, c.how, got, c.want)
			}
		}
		if s.arity == IsSwitch {
			continue
		}
		got := mustParse(t, []string{"--" + s.name, tt.value, "x"}, companions(s.name))
		if got := show(got, s.name); got != tt.shown {
			t.Errorf("%s with its value in the next argument: got %s, want %s", s.name, got, tt.shown)
		}
	}
}

func TestGroup(t *testing.T) {
	for _, v := range []string{"true", "TRUE", "1", "yes", "on"} {
		if c := mustParse(t, []string{"--group=" + v, "x"}, nil); !c.Group {
			t.Errorf("--group=%s is off", v)
		}
	}
	for _, v := range []string{"false", "0", "no", "off"} {
		if c := mustParse(t, []string{"--group=" + v, "x"}, []string{"DRAINIT_GROUP=true"}); c.Group {
			t.Errorf("--group=%s is on", v)
		}
	}
	if c := mustParse(t, []string{"--group", "x"}, nil); !c.Group || len(c.Command) != 1 {
		t.Errorf("--group x: group %v, command %q", c.Group, c.Command)
	}
}

func TestCommand(t *testing.T) {
	for _, tt := range []struct{ args, want []string }{
		{[]string{"a"}, []string{"a"}},
		{[]string{"--", "a", "--group"}, []string{"a", "--group"}},
		{[]string{"a", "--", "b"}, []string{"a", "--", "b"}},
		{[]string{"--group", "--", "--", "b"}, []string{"--", "b"}},
		{[]string{"--sweep", "3", "ctl", "-h"}, []string{"ctl", "-h"}},
		{[]string{"--sweep=3", "-"}, []string{"-"}},
		{[]string{"--", ""}, []string{""}},
	} {
		c := mustParse(t, tt.args, nil)
		if !slices.Equal(c.Command, tt.want) {
			t.Errorf("parse(%q): got command %q, want %q", tt.args, c.Command, tt.want)
		}
		if c.Group != slices.Contains(tt.args[:1], "--group") {
			t.Errorf("parse(%q): got group %v", tt.args, c.Group)
		}
	}
}

func TestHelpAndVersionBeatProblems(t *testing.T) {
	for _, arg := range []string{"-h", "--help", "-help", "--version"} {
		c, _, err := Parse([]string{"--sweep=x", arg, "--nothing"}, nil)
		if err != nil || c.Help == c.Version || c.Version != (arg == "--version") {
			t.Errorf("%s: help %v, version %v, error %v", arg, c.Help, c.Version, err)
		}
	}
	if c := mustParse(t, []string{"x", "-h", "--version"}, nil); c.Help || c.Version {
		t.Error("-h behind the command is drainit's")
	}
}

func TestWhatFollows(t *testing.T) {
	for _, tt := range []struct {
		args, env []string
		want      drain.Plan
	}{
		{nil, nil, drain.Plan{DelayRule: "auto: neither Kubernetes nor a grace period", Sweep: 2 * time.Second}},
		{nil, []string{"KUBERNETES_SERVICE_HOST="}, drain.Plan{DelayRule: "auto: neither Kubernetes nor a grace period", Sweep: 2 * time.Second}},
		{nil, []string{"KUBERNETES_SERVICE_HOST=10.0.0.1"}, drain.Plan{Delay: 5 * time.Second, DelayRule: "auto: Kubernetes", Sweep: 2 * time.Second}},
		{[]string{"--deadline=off"}, []string{"DRAINIT_GRACE_PERIOD=20"}, drain.Plan{GracePeriod: 20 * time.Second,
			Delay: 5 * time.Second, DelayRule: "auto: a grace period is given", Sweep: 2 * time.Second}},
	} {
		if got := mustParse(t, append(tt.args, "x"), tt.env).Plan; !reflect.DeepEqual(got, tt.want) {
			t.Errorf("parse(%q, %q): got plan\n%+v, want\n%+v", tt.args, tt.env, got, tt.want)
		}
	}
	if c := mustParse(t, []string{"x"}, nil); c.ProbeAddrGiven || c.LogLevel != slog.LevelInfo {
		t.Errorf("nothing given: probe address given %v, log level %v", c.ProbeAddrGiven, c.LogLevel)
	}
	for _, env := range []string{"DRAINIT_PROBE_ADDR=:1", "DRAINIT_PROBE_ADDR=off"} {
		if c := mustParse(t, []string{"x"}, []string{env}); !c.ProbeAddrGiven {
			t.Errorf("%s: probe address not given", env)
		}
	}
}

func TestUnknownVariables(t *testing.T) {
	for variable, want := range map[string]string{
		"DRAINIT_DRAIN_DLAY=1":                    "DRAINIT_DRAIN_DLAY is ignored: no such setting; did you mean DRAINIT_DRAIN_DELAY?",
		"DRAINIT_GRACE=1":                         "DRAINIT_GRACE is ignored: no such setting; did you mean DRAINIT_GRACE_PERIOD?",
		"DRAINIT_drain_delay=1":                   "DRAINIT_drain_delay is ignored: no such setting; did you mean DRAINIT_DRAIN_DELAY?",
		"DRAINIT_QUUX=1":                          "DRAINIT_QUUX is ignored: no such setting",
		"DRAINIT_=1":                              "DRAINIT_ is ignored: no such setting",
		"DRAINIT_HELP=1":                          "DRAINIT_HELP is ignored: no such setting",
		"DRAINIT_QUUX=":                           "",
		"DRAINIT_SWEEP=3s":                        "",
		"DRAINIT_PORT=tcp://10.0.0.1:80":          "",
		"DRAINIT_PORT_80_TCP=tcp://10.0.0.1:80":   "",
		"DRAINIT_PORT_80_TCP_ADDR=10.0.0.1":       "",
		"DRAINIT_SERVICE_HOST=10.0.0.1":           "",
		"DRAINIT_SERVICE_PORT=80":                 "",
		"DRAINIT_SERVICE_PORT_HTTP=80":            "",
		"DRAINIT_DEMO_SERVICE_HOST=10.0.0.1":      "",
		"DRAINIT_DEMO_SERVICE_PORT_METRICS=10143": "",
		"DRAINIT_WEB_PORT=tcp://10.0.0.1:80":      "",
		"DRAINIT_WEB_PORT_80_TCP=tcp://10.0.0.1":  "",
		"DRAINIT_WEB_PORT_80_TCP_PROTO=tcp":       "",
		"DRAINIT_WEB_PORT_53_UDP_ADDR=10.0.0.1":   "",
		"DRAINIT_WEB_PORT_HTTP=80":                "DRAINIT_WEB_PORT_HTTP is ignored: no such setting",
		"DRAINIT_PROBE_PORT=8080":                 "DRAINIT_PROBE_PORT is ignored: no such setting; did you mean DRAINIT_PROBE_ADDR?",
		"DRAINIT_NAME=/web/drainit":               "", // docker run --link x:drainit
		"DRAINIT_ENV_NGINX_VERSION=1.29":          "",
		"DRAINIT_1_NAME=/web/drainit_1":           "",
		"DRAINIT_1_PORT=tcp://172.17.0.2:80":      "",
		"DRAINIT_1_ENV_PATH_INFO=x":               "",
		"XDRAINIT_QUUX=1":                         "",
		"_DRAINIT_KEEP_GODEBUG=x":                 "",
	} {
		_, got, err := Parse([]string{"x"}, []string{"PATH=/bin", variable})
		if err != nil || strings.Join(got, "\n") != want {
			t.Errorf("%s: got %q, %v; want %q", variable, got, err, want)
		}
	}
}

func TestNoSettingHasANameThatAPlatformMakes(t *testing.T) {
	for _, name := range SettingNames() {
		if v := VariableOf(name); madeByPlatform(v, "x") {
			t.Errorf("%s is a name that a platform gives a variable of its own", v)
		}
	}
	if !madeByPlatform(VariableOf("port"), "tcp://10.0.0.1:80") {
		t.Error("DRAINIT_PORT is not known to be a platform's")
	}
}

// A container linked as drainit gives none of its own names to this one, and a name
// of ours is refused if there is a slash in it.
func TestLinkedContainer(t *testing.T) {
	linked := []string{"DRAINIT_NAME=/web/drainit", "DRAINIT_PORT=tcp://172.17.0.2:80", "DRAINIT_PORT_80_TCP_PROTO=tcp"}
	if c := mustParse(t, []string{"x"}, linked); c.Settings.Name != "" {
		t.Errorf("got the name %q, want none", c.Settings.Name)
	}
	if c := mustParse(t, []string{"--name=app", "x"}, linked); c.Settings.Name != "app" {
		t.Errorf("got the name %q, want the flag's", c.Settings.Name)
	}
	if _, _, err := Parse([]string{"x"}, []string{"DRAINIT_NAME=a/drainit"}); err == nil {
		t.Error("a name with a slash is taken")
	}
}

func TestEverythingIsReportedAtOnce(t *testing.T) {
	bad := func(name string) bool { return name != "grace-period" }
	var args, env []string
	for i, s := range settings() {
		if !bad(s.name) {
			continue
		}
		if i%2 == 0 {
			args = append(args, "--"+s.name+"=?")
		} else {
			env = append(env, VariableOf(s.name)+"=?")
		}
	}
	args = append(args, "--nothing", "-g", "--grace-period")
	_, _, err := Parse(args, env)
	var ps Problems
	if !errors.As(err, &ps) {
		t.Fatalf("got %v, want problems", err)
	}
	var flags []string
	for _, p := range ps {
		flags = append(flags, p.Flag)
	}
	for _, want := range append([]string{"--nothing", "-g", ""}, SettingNames()...) {
		if want != "" && want[0] != '-' {
			want = "--" + want
		}
		if !slices.Contains(flags, want) {
			t.Errorf("nothing is said of %q in\n%v", want, err)
		}
	}
	if len(flags) != 3+len(settings()) {
		t.Errorf("got %d problems, want %d:\n%v", len(flags), 3+len(settings()), err)
	}
	if _, _, err := Parse([]string{"--sweep=1", "--grace-period", "30", "x"}, nil); err != nil {
		t.Errorf("nothing is wrong, got %v", err)
	}
}

// TestParseUnderDrainit: what the drainit around has held is not held again.
func TestParseUnderDrainit(t *testing.T) {
	env := []string{"DRAINIT_DRAIN_DELAY=7s", "DRAINIT_DRAIN_UNTIL=idle", "DRAINIT_GRACE_PERIOD=60s", "KUBERNETES_SERVICE_HOST=10.0.0.1"}
	for _, test := range []struct {
		args  []string
		delay time.Duration
		until drain.Until
		rule  string
	}{
		{nil, 0, drain.UntilDelay, "auto: another drainit holds"},
		{[]string{"--drain-delay", "2s"}, 2 * time.Second, drain.UntilDelay, "as given"},
		{[]string{"--drain-until", "closed"}, 0, drain.UntilClosed, "auto: another drainit holds"},
	} {
		cfg, _, err := ParseUnder(append(test.args, "--", "x"), env)
		if err != nil || cfg.Plan.Delay != test.delay || cfg.Plan.Until != test.until || cfg.Plan.DelayRule != test.rule {
			t.Errorf("%q: got %+v, %v; want %+v", test.args, cfg.Plan, err, test)
		}
	}
	short := []string{"DRAINIT_DRAIN_DELAY=0s", "DRAINIT_GRACE_PERIOD=10s", "DRAINIT_STOP_SIGNAL=QUIT/6s/TERM"} // fits, but not with auto's hold
	if cfg, _, err := ParseUnder([]string{"--", "x"}, short); err != nil || cfg.Plan.Delay != 0 {
		t.Errorf("got %+v, %v; want what the outer one takes", cfg.Plan, err)
	}
	acts := []string{"DRAINIT_AT_DRAIN=USR1", "DRAINIT_AT_STOP=post:http://127.0.0.1/stop", "DRAINIT_STOP_SIGNAL=none"}
	cfg, _, err := ParseUnder([]string{"--", "x"}, acts)
	if err != nil || cfg.AtDrain != nil || cfg.AtStop != nil || cfg.StopSignal.None() {
		t.Errorf("got %+v, %v; want no action, which the outer one does, and a stop signal", cfg, err)
	}
	cfg, _, err = ParseUnder([]string{"--at-stop", "USR2", "--stop-signal", "none", "--", "x"}, acts)
	if err != nil || len(cfg.AtStop) != 1 || !cfg.StopSignal.None() {
		t.Errorf("got %+v, %v; want what its own flags say", cfg, err)
	}
	cfg, _, err = ParseUnder([]string{"--", "x"}, []string{"DRAINIT_REPORT=post:http://127.0.0.1/"})
	if err != nil || cfg.Reports != nil {
		t.Errorf("got %v, %v; want no report, which the outer one sends", cfg.Reports, err)
	}
	if env[0] != "DRAINIT_DRAIN_DELAY=7s" {
		t.Errorf("the child's environment was changed: %q", env)
	}
}
