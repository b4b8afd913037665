package main

import (
	"log/slog"
	"slices"
	"strings"

	"drainit/internal/drain"
	"drainit/internal/probe"
	"drainit/internal/signals"
)

// config is everything drainit was told, and what follows from it.
type config struct {
	Settings drain.Settings // of the timeline
	Plan     drain.Plan     // follows from Settings

	Ports     []uint16 // the child's; none: found
	PortsNone bool     // it has no ports

	ReadyCheck, LiveCheck *probe.Check // nil: none

	StopOn     signals.StopOn
	StopSignal signals.StopSignal
	Map        signals.Map
	Group      bool

	AtDrain, AtStop []action

	Front          []route // what a front listens on, and the program's addresses behind it
	FrontForwarded bool    // it appends the client's address to X-Forwarded-For

	ProbeAddr      string // "": probes are off
	ProbeAddrGiven bool   // and not the default

	ExitWith []string // peers with which this one exits
	PodID    string

	RemapExit      map[int]int
	LogFormat      string // text or json
	LogLevel       slog.Level
	TerminationLog string // auto, off or a path

	Command       []string
	Help, Version bool // asked for instead of a run
}

// parse reads the configuration: args without the program's name, env as
// os.Environ has it. A flag beats its variable, a variable beats the default,
// an empty variable is unset. The error is all problems at once; warnings are
// sentences for the log.
func parse(args, env []string) (cfg config, warnings []string, err error) {
	return readConfig(args, env).result(env)
}

// result is the configuration, or all that is wrong with it.
func (r *reading) result(env []string) (cfg config, warnings []string, err error) {
	if r.cfg.Help || r.cfg.Version {
		return r.cfg, nil, nil
	}
	r.check()
	if len(r.cfg.Command) == 0 {
		r.problems = append(r.problems, problem{says: "no COMMAND; write the program to run behind the flags, such as: drainit -- nginx -g 'daemon off;' (-h for help)"})
	}
	warnings = unknownVariables(env)
	if len(r.problems) > 0 {
		return r.cfg, warnings, r.problems
	}
	return r.cfg, warnings, nil
}

// reading is a configuration as far as it has been read.
type reading struct {
	cfg      config
	values   map[string]given // what was given, by setting
	bad      map[string]bool  // settings whose value cannot be read
	problems problems
}

// given is the text of a setting, from its flag unless it names a variable.
type given struct{ text, variable string }

// readConfig reads every setting by itself.
func readConfig(args, env []string) *reading {
	list := settings()
	sc := scan(args, flagsOf(list), unknownFlag)
	r := &reading{values: map[string]given{}, bad: map[string]bool{}, problems: sc.problems}
	r.cfg.Help = sc.has("h") || sc.has("help")
	r.cfg.Version = sc.has("version")
	r.cfg.Command = sc.rest
	r.cfg.Settings.Kubernetes = getenv(env, "KUBERNETES_SERVICE_HOST") != ""
	for _, s := range list {
		if text, ok := sc.given[s.name]; ok {
			r.values[s.name] = given{text: text}
		} else if text := getenv(env, variableOf(s.name)); text != "" {
			r.values[s.name] = given{text, variableOf(s.name)}
		}
		r.read(s)
	}
	_, r.cfg.ProbeAddrGiven = r.values["probe-addr"]
	return r
}

// read reads one setting.
func (r *reading) read(s setting) {
	v, ok := r.values[s.name]
	if !ok {
		v.text = s.byDefault
	}
	switch err := s.set(&r.cfg, v.text); {
	case v.text == "":
		r.wrong(s.name, "empty; write a value, or leave the flag out for the default, "+s.byDefault)
	case strings.HasPrefix(v.text, "--"):
		r.wrong(s.name, "missing value; what follows is a flag")
	case err != nil:
		r.wrong(s.name, err.Error())
	}
}

// wrong adds what is wrong with the value of a setting, a problem for each line.
func (r *reading) wrong(name, says string) {
	v, hasValue := r.values[name]
	r.bad[name] = true
	shown := v.text
	switch name {
	case "ready-check", "live-check":
		shown = withoutSecrets(shown)
	case "front":
		shown = strings.ReplaceAll(shown, "\n", ",")
	case "at-drain", "at-stop":
		shown = withoutTexts(shown)
	}
	for line := range strings.SplitSeq(says, "\n") {
		r.problems = append(r.problems, problem{"--" + name, shown, hasValue, v.variable, line})
	}
}

// getenv returns a variable's value, "" where there is none. Of two with one
// name the first counts, as for getenv(3).
func getenv(env []string, name string) string {
	i := slices.IndexFunc(env, func(kv string) bool { return strings.HasPrefix(kv, name+"=") })
	if i < 0 {
		return ""
	}
	return env[i][len(name)+1:]
}
