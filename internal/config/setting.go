package config

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"drainit/internal/logging"
	"drainit/internal/probe"
	"drainit/internal/signals"
)

// variablePrefix begins the name of every setting's variable.
const variablePrefix = "DRAINIT_"

// ProbePort is where probes are served unless told otherwise: outside the ports
// that Linux hands out by itself (32768 to 60999, net.ipv4.ip_local_port_range
// in ip-sysctl.rst), outside those that Prometheus' list of default ports hands
// out to exporters (9100 to 9999), and no server's of those drainit knows. 143
// is 128+SIGTERM.
const ProbePort = "10143"

// setting is one thing that can be configured, as flag and as variable.
type setting struct {
	name      string // the flag without its dashes
	byDefault string // a value like any other, so that it can also be written out
	arity     arity

	// set reads a value into c. The error says what is wrong with it and what
	// would be right, without the value.
	set func(c *Config, value string) error
}

// settings lists every setting, in the order of -h.
func settings() []setting {
	return []setting{
		{"grace-period", "unset", TakesValue, setGracePeriod},
		{"drain-delay", "auto", TakesValue, setDrainDelay},
		{"ports", "found", TakesValue, setPorts},
		{"ready-check", "none", TakesValue, func(c *Config, v string) error { return setCheck(&c.ReadyCheck, v) }},
		{"stop-order", "none", TakesValue, setNames(func(c *Config) *[]string { return &c.Settings.Order })},
		{"name", "none", TakesValue, setName(func(c *Config) *string { return &c.Settings.Name })},

		{"drain-until", "delay", TakesValue, setDrainUntil},
		{"idle-check", "none", repeats, setIdleChecks},
		{"deadline", "auto", TakesValue, setDeadline},
		{"sweep", "2s", TakesValue, func(c *Config, v string) error { return setDuration(&c.Settings.Sweep, v) }},
		{"stop-on", "auto", TakesValue, parseInto(signals.ParseStopOn, func(c *Config) *signals.StopOn { return &c.StopOn })},
		{"stop-on-hangup", "off", IsSwitch, setSwitch(func(c *Config) *bool { return &c.StopOnHangup })},
		{"stop-signal", "auto", TakesValue, setStopSignal},
		{"map", "none", TakesValue, setMap},
		{"group", "off", IsSwitch, setSwitch(func(c *Config) *bool { return &c.Group })},
		{"parent-death-signal", "none", TakesValue, setParentDeathSignal},
		{"at-drain", "none", repeats, setActions(func(c *Config) (*[]Action, *bool) { return &c.AtDrain, &c.Settings.AtDrain })},
		{"at-stop", "none", repeats, setActions(func(c *Config) (*[]Action, *bool) { return &c.AtStop, &c.Settings.AtStop })},
		{"live-check", "none", TakesValue, func(c *Config, v string) error { return setCheck(&c.LiveCheck, v) }},
		{"unready-after", "0s", TakesValue, setUnreadyAfter},
		{"probe-addr", ":" + ProbePort, TakesValue, SetProbeAddr},
		{"front", "none", repeats, setFront},
		{"front-port-variable", "PORT", TakesValue, setFrontPortVariable},
		{"front-forwarded", "append", TakesValue, setFrontForwarded},
		{"front-long-lived", "hold", TakesValue, setFrontLongLived},
		{"exit-with", "none", TakesValue, setNames(func(c *Config) *[]string { return &c.ExitWith })},
		{"pod-id", "none", TakesValue, setName(func(c *Config) *string { return &c.PodID })},
		{"expand", "off", IsSwitch, setSwitch(func(c *Config) *bool { return &c.Expand })},
		{"remap-exit", "none", TakesValue, setRemapExit},
		{"on-exit", Exit, TakesValue, setOnExit},
		{"log-format", "text", TakesValue, setLogFormat},
		{"log-level", "info", TakesValue, setLogLevel},
		{"termination-log", "auto", TakesValue, setTerminationLog},
		{"report", "none", repeats, setReports},
	}
}

// SettingNames returns the names of all settings, in the order of the usage text.
func SettingNames() []string {
	var names []string
	for _, s := range settings() {
		names = append(names, s.name)
	}
	return names
}

// flagsOf returns the flags of settings, and those that ask for a text.
func flagsOf(list []setting) Flags {
	f := Flags{"h": IsSwitch, "help": IsSwitch, "version": IsSwitch}
	for _, s := range list {
		f[s.name] = s.arity
	}
	return f
}

// VariableOf returns the variable of a setting: DRAINIT_DRAIN_DELAY.
func VariableOf(name string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// parseInto makes a setter of a parser.
func parseInto[T any](parse func(string) (T, error), field func(*Config) *T) func(*Config, string) error {
	return func(c *Config, v string) error {
		parsed, err := parse(v)
		if err == nil {
			*field(c) = parsed
		}
		return err
	}
}

func setDuration(to *time.Duration, v string, words ...string) error {
	d, err := durationOr(v, words...)
	if err == nil {
		*to = d
	}
	return err
}

func setGracePeriod(c *Config, v string) error {
	if v == "unset" {
		c.Settings.GracePeriod = 0
		return nil
	}
	d, err := durationOr(v, "unset")
	if err == nil && d == 0 {
		err = errors.New("no time at all; write what the platform allows, such as 30s, or unset")
	}
	if err == nil {
		c.Settings.GracePeriod = d
	}
	return err
}

func setDeadline(c *Config, v string) error {
	if c.Settings.DeadlineOff = v == "off"; c.Settings.DeadlineOff || v == "auto" {
		return nil
	}
	d, err := durationOr(v, "auto", "off")
	if err == nil && d == 0 {
		err = errors.New("SIGKILL at once; write a later deadline, or off for none")
	}
	if err == nil {
		c.Settings.Deadline = d
	}
	return err
}

func setUnreadyAfter(c *Config, v string) error {
	if c.Settings.UnreadyWithStop = v == "stop"; c.Settings.UnreadyWithStop {
		return nil
	}
	return setDuration(&c.Settings.UnreadyAfter, v, "stop")
}

func setCheck(to **probe.Check, v string) error {
	if v == "none" {
		return nil
	}
	check, err := probe.ParseCheck(v)
	if err == nil {
		*to = check
	}
	return err
}

// withoutSecrets returns a URL, or what was meant to be one, without its user,
// password and query.
func withoutSecrets(v string) string {
	v, _, hasQuery := strings.Cut(v, "?")
	if i := strings.LastIndexByte(v, '@'); i >= 0 {
		scheme, _, ok := strings.Cut(v[:i], "://")
		if ok {
			scheme += "://"
		} else {
			scheme = ""
		}
		v = scheme + "..." + v[i:]
	}
	if hasQuery {
		v += "?..."
	}
	return v
}

func setStopSignal(c *Config, v string) error {
	stop, err := signals.ParseStopSignal(v, ParseDuration)
	if err == nil {
		c.StopSignal = stop
		c.Settings.StopSignalGiven, c.Settings.Schedule = !stop.Auto(), stop.Waits()
	}
	return err
}

func setParentDeathSignal(c *Config, v string) (err error) {
	c.ParentDeathSignal = 0
	if v != "none" {
		c.ParentDeathSignal, err = signals.Parse(v)
	}
	return err
}

func setMap(c *Config, v string) (err error) {
	c.Map = nil
	if v != "none" {
		c.Map, err = signals.ParseMap(v)
	}
	return err
}

// setSwitch makes a setter of what is on or off.
func setSwitch(field func(*Config) *bool) func(*Config, string) error {
	return func(c *Config, v string) error {
		switch strings.ToLower(v) {
		case "true", "1", "yes", "on":
			*field(c) = true
		case "false", "0", "no", "off":
			*field(c) = false
		default:
			return errors.New("neither yes nor no; write true or false")
		}
		return nil
	}
}

func setLogFormat(c *Config, v string) error {
	if v != "text" && v != "json" {
		return errors.New("no such format; write text or json")
	}
	c.LogFormat = v
	return nil
}

func setLogLevel(c *Config, v string) error {
	names := []string{"debug", "info", "report", "warn", "error"}
	for i, level := range []slog.Level{slog.LevelDebug, slog.LevelInfo, logging.LevelReport, slog.LevelWarn, slog.LevelError} {
		if strings.EqualFold(v, names[i]) {
			c.LogLevel = level
			return nil
		}
	}
	if n := Nearest(strings.ToLower(v), names); n != "" {
		return fmt.Errorf("no such level; did you mean %s?", n)
	}
	return errors.New("no such level; write debug, info, report, warn or error")
}

// setTerminationLog wants a whole path: drainit works in / while the child
// keeps the directory it was given.
func setTerminationLog(c *Config, v string) error {
	if v != "auto" && v != "off" && !strings.HasPrefix(v, "/") {
		return errors.New("neither auto nor off nor a path from /; did you mean /dev/termination-log?")
	}
	c.TerminationLog = v
	return nil
}
