// Package ctl is the verbs of drainit ctl, which ask a drainit that runs, or show what
// one would do.
package ctl

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"drainit/internal/config"
	"drainit/internal/process"
)

const usage = `drainit ctl VERB [flags]: asks, or prepares, the drainit of this container

  ready                 exit 0 if requests may be sent here, else 1 and why
  live                  exit 0 if the program is alive, else 1 and why
  status [--json]       what it does and waits for; exit 1 if it is not here
  stop                  a stop request from inside: begins the stop; once more
                        ends its hold, and so on
  sleep D               waits: a preStop hook for images without a shell
  plan [flags]          the timeline for drainit's flags and variables; exit 1
                        if they do not fit together
  install DEST          copies this program to DEST, or into it if a directory

The first four find the address by themselves: --probe-addr here, else what the
running drainit was given, else DRAINIT_PROBE_ADDR, else the default.

Exit status: 0 or 1 as above; 125 for wrong use.
`

// Exit statuses of ctl. Probes and HEALTHCHECK take 1 for no; Docker reserves
// 2.
const (
	ctlYes = 0
	ctlNo  = 1
)

// call is one call of ctl.
type call struct {
	args           []string // behind the verb
	env            []string
	stdout, stderr io.Writer
	around         surroundings
}

// verb is something ctl does. What it returns as an error goes to standard
// error and gives status 1, or 125 if it is a misuse.
type verb struct {
	Name string
	do   func(call) error
}

// Verbs returns what can be asked of ctl.
func Verbs() []verb {
	return []verb{
		{"ready", func(c call) error { return c.health("/readyz", "not ready") }},
		{"live", func(c call) error { return c.health("/livez", "not alive") }},
		{"status", call.status},
		{"stop", call.stop},
		{"sleep", call.sleep},
		{"plan", call.plan},
		{"install", call.install},
	}
}

// misuse is a call that asks for nothing ctl can do.
type misuse struct{ error }

func (m misuse) Unwrap() error { return m.error }

// errHelp is what a verb returns that was asked for help.
var errHelp = errors.New("help")

// Run is `drainit ctl`: args are those behind that word. It returns the exit
// status.
func Run(args, env []string, stdout, stderr io.Writer) int {
	return runAround(args, env, stdout, stderr, realSurroundings())
}

func runAround(args, env []string, stdout, stderr io.Writer, around surroundings) int {
	if len(args) == 0 {
		io.WriteString(stderr, usage)
		return process.ExitFailed
	}
	err := unknownVerb(args[0])
	for _, v := range Verbs() {
		if v.Name == args[0] {
			err = v.do(call{args[1:], env, stdout, stderr, around})
		}
	}
	var wrong misuse
	switch {
	case err == nil:
		return ctlYes
	case errors.Is(err, errHelp):
		io.WriteString(stdout, usage)
		return ctlYes
	case errors.As(err, &wrong):
		fmt.Fprintln(stderr, config.Explain(err))
		return process.ExitFailed
	}
	fmt.Fprintln(stderr, config.Explain(err))
	return ctlNo
}

func unknownVerb(verb string) error {
	if verb == "-h" || verb == "--help" || verb == "-help" || verb == "help" {
		return errHelp
	}
	var names []string
	for _, v := range Verbs() {
		names = append(names, v.Name)
	}
	if n := config.Nearest(verb, names); n != "" {
		return misuse{fmt.Errorf("ctl %s: no such verb; did you mean %s?", verb, n)}
	}
	return misuse{fmt.Errorf("ctl %s: no such verb; there are %s", verb, strings.Join(names, ", "))}
}

// flags takes a verb's command line apart: switches, --probe-addr, and as many
// other arguments as it wants.
func (c call) flags(known config.Flags, arguments int) (config.Scanned, error) {
	known["h"], known["help"] = config.IsSwitch, config.IsSwitch
	var names []string
	for name := range known {
		if len(name) > 1 {
			names = append(names, name)
		}
	}
	sc := config.Scan(c.args, known, func(name string) (string, bool) {
		if n := config.Nearest(name, names); n != "" {
			return "no such flag; did you mean --" + n + "?", known[n] != config.IsSwitch
		}
		return "no such flag; drainit ctl -h lists them", false
	})
	switch {
	case sc.Has("h") || sc.Has("help"):
		return sc, errHelp
	case sc.Problems != nil:
		return sc, misuse{sc.Problems}
	case len(sc.Rest) > arguments:
		return sc, misuse{fmt.Errorf("ctl: %q is too much; drainit ctl -h shows what each verb takes", sc.Rest[arguments])}
	}
	return sc, nil
}
