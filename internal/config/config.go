// Package config is what drainit is told: the settings, as flags and variables, the
// usage text, and what is wrong with a value and what would be right.
package config

import (
	"log/slog"
	"slices"
	"strings"

	"drainit/internal/drain"
	"drainit/internal/idle"
	"drainit/internal/probe"
	"drainit/internal/report"
	"drainit/internal/signals"
)

// Config is everything drainit was told, and what follows from it.
type Config struct {
	Settings drain.Settings // of the timeline
	Plan     drain.Plan     // follows from Settings

	Ports     []uint16 // the child's; none: found
	PortsNone bool     // it has no ports

	ReadyCheck, LiveCheck *probe.Check // nil: none
	IdleChecks            []*idle.Check

	StopOn       signals.StopOn
	StopOnHangup bool // the end of standard input is a stop request
	StopSignal   signals.StopSignal
	Map          signals.Map
	Group        bool

	ParentDeathSignal signals.Signal // what the program gets when drainit has been killed; 0: nothing

	AtDrain, AtStop []Action

	Front          []Route  // what a front listens on, and the program's addresses behind it
	FrontVariables []string // of the ports that are chosen, in the order of the routes that have no target
	FrontForwarded bool     // it appends the client's address to X-Forwarded-For

	ProbeAddr      string // "": probes are off
	ProbeAddrGiven bool   // and not the default

	ExitWith []string // peers with which this one exits
	PodID    string

	RemapExit      map[int]int
	OnExit         string // exit, poweroff or reboot: of the machine
	LogFormat      string // text or json
	LogLevel       slog.Level
	TerminationLog string // auto, off or a path
	Reports        []report.Sink

	Expand        bool // words such as {stop_budget} in Command
	Command       []string
	Help, Version bool // asked for instead of a run
}

// Parse reads the configuration: args without the program's name, env as
// os.Environ has it. A flag beats its variable, a variable beats the default,
// an empty variable is unset. The error is all problems at once; warnings are
// sentences for the log.
func Parse(args, env []string) (cfg Config, warnings []string, err error) {
	return Read(args, env).result(env)
}

// result is the configuration, or all that is wrong with it.
func (r *Reading) result(env []string) (cfg Config, warnings []string, err error) {
	if r.Config.Help || r.Config.Version {
		return r.Config, nil, nil
	}
	r.Check()
	if len(r.Config.Command) == 0 {
		r.Problems = append(r.Problems, Problem{Says: "no COMMAND; write the program to run behind the flags, such as: drainit -- nginx -g 'daemon off;' (-h for help)"})
	}
	r.expand()
	warnings = UnknownVariables(env)
	if len(r.Problems) > 0 {
		return r.Config, warnings, r.Problems
	}
	return r.Config, warnings, nil
}

// Reading is a configuration as far as it has been read.
type Reading struct {
	Config   Config
	Values   map[string]given // what was given, by setting
	Bad      map[string]bool  // settings whose value cannot be read
	Problems Problems
}

// given is the text of a setting, from its flag unless it names a variable.
type given struct{ text, Variable string }

// Read reads every setting by itself.
func Read(args, env []string) *Reading {
	list := settings()
	sc := Scan(args, flagsOf(list), unknownFlag)
	r := &Reading{Values: map[string]given{}, Bad: map[string]bool{}, Problems: sc.Problems}
	r.Config.Help = sc.Has("h") || sc.Has("help")
	r.Config.Version = sc.Has("version")
	r.Config.Command = sc.Rest
	r.Config.Settings.Kubernetes = Getenv(env, "KUBERNETES_SERVICE_HOST") != ""
	for _, s := range list {
		if text, ok := sc.Given[s.name]; ok {
			r.Values[s.name] = given{text: text}
		} else if text := Getenv(env, VariableOf(s.name)); text != "" && !isLinkName(VariableOf(s.name), text) {
			r.Values[s.name] = given{text, VariableOf(s.name)}
		}
		r.read(s)
	}
	_, r.Config.ProbeAddrGiven = r.Values["probe-addr"]
	return r
}

// read reads one setting.
func (r *Reading) read(s setting) {
	v, ok := r.Values[s.name]
	if !ok {
		v.text = s.byDefault
	}
	switch err := s.set(&r.Config, v.text); {
	case v.text == "":
		r.Wrong(s.name, "empty; write a value, or leave the flag out for the default, "+s.byDefault)
	case strings.HasPrefix(v.text, "--"):
		r.Wrong(s.name, "missing value; what follows is a flag")
	case err != nil && isQuoted(v.text):
		r.Wrong(s.name, "the quotes are part of the value; leave them out, since docker's --env-file and YAML lists keep them")
	case err != nil:
		r.Wrong(s.name, err.Error())
	}
}

// Wrong adds what is wrong with the value of a setting, a problem for each line.
func (r *Reading) Wrong(name, says string) {
	v, hasValue := r.Values[name]
	r.Bad[name] = true
	shown := v.text
	switch name {
	case "ready-check", "live-check":
		shown = withoutSecrets(shown)
	case "front":
		shown = strings.ReplaceAll(shown, "\n", ",")
	case "at-drain", "at-stop", "idle-check", "report":
		shown = withoutTexts(shown)
	}
	for line := range strings.SplitSeq(says, "\n") {
		r.Problems = append(r.Problems, Problem{"--" + name, shown, hasValue, v.Variable, line})
	}
}

// isQuoted reports whether a value has its quotes still.
func isQuoted(v string) bool {
	return len(v) > 1 && (v[0] == '"' || v[0] == '\'') && v[len(v)-1] == v[0]
}

// Getenv returns a variable's value, "" where there is none. Of two with one
// name the first counts, as for getenv(3).
func Getenv(env []string, name string) string {
	i := slices.IndexFunc(env, func(kv string) bool { return strings.HasPrefix(kv, name+"=") })
	if i < 0 {
		return ""
	}
	return env[i][len(name)+1:]
}
