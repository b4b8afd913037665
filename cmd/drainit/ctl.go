package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

const ctlUsage = `drainit ctl VERB [flags]: asks, or prepares, the drainit of this container

  ready                 exit 0 if requests may be sent here, else 1 and why
  live                  exit 0 if the program is alive, else 1 and why
  status [--json]       what it does and waits for; exit 1 if it is not here
  sleep D               waits: a preStop hook for images without a shell
  plan [flags]          the timeline for drainit's flags and variables; exit 1
                        if they do not fit together
  install DEST          copies this program to DEST, or into it if a directory

ready, live and status find the address by themselves: --probe-addr here, else
what the running drainit was given, else DRAINIT_PROBE_ADDR, else the default.

Exit status: 0 or 1 as above; 125 for wrong use.
`

// Exit statuses of ctl. Probes and HEALTHCHECK take 1 for no; Docker reserves
// 2.
const (
	ctlYes = 0
	ctlNo  = 1
)

// ctlCall is one call of ctl.
type ctlCall struct {
	args           []string // behind the verb
	env            []string
	stdout, stderr io.Writer
	around         surroundings
}

// ctlVerb is something ctl does. What it returns as an error goes to standard
// error and gives status 1, or 125 if it is a misuse.
type ctlVerb struct {
	name string
	do   func(ctlCall) error
}

func ctlVerbs() []ctlVerb {
	return []ctlVerb{
		{"ready", func(c ctlCall) error { return c.health("/readyz", "not ready") }},
		{"live", func(c ctlCall) error { return c.health("/livez", "not alive") }},
		{"status", ctlCall.status},
		{"sleep", ctlCall.sleep},
		{"plan", ctlCall.plan},
		{"install", ctlCall.install},
	}
}

// misuse is a call that asks for nothing ctl can do.
type misuse struct{ error }

func (m misuse) Unwrap() error { return m.error }

// errHelp is what a verb returns that was asked for help.
var errHelp = errors.New("help")

// ctl is `drainit ctl`: args are those behind that word. It returns the exit
// status.
func ctl(args, env []string, stdout, stderr io.Writer) int {
	return ctlAround(args, env, stdout, stderr, realSurroundings())
}

func ctlAround(args, env []string, stdout, stderr io.Writer, around surroundings) int {
	if len(args) == 0 {
		io.WriteString(stderr, ctlUsage)
		return exitFailed
	}
	err := unknownVerb(args[0])
	for _, v := range ctlVerbs() {
		if v.name == args[0] {
			err = v.do(ctlCall{args[1:], env, stdout, stderr, around})
		}
	}
	var wrong misuse
	switch {
	case err == nil:
		return ctlYes
	case errors.Is(err, errHelp):
		io.WriteString(stdout, ctlUsage)
		return ctlYes
	case errors.As(err, &wrong):
		fmt.Fprintln(stderr, asProblems(err))
		return exitFailed
	}
	fmt.Fprintln(stderr, asProblems(err))
	return ctlNo
}

// asProblems begins each line with the program's name, where it does not yet.
func asProblems(err error) string {
	var ps problems
	if errors.As(err, &ps) {
		return ps.Error()
	}
	return "drainit: " + err.Error()
}

func unknownVerb(verb string) error {
	if verb == "-h" || verb == "--help" || verb == "-help" || verb == "help" {
		return errHelp
	}
	var names []string
	for _, v := range ctlVerbs() {
		names = append(names, v.name)
	}
	if n := nearest(verb, names); n != "" {
		return misuse{fmt.Errorf("ctl %s: no such verb; did you mean %s?", verb, n)}
	}
	return misuse{fmt.Errorf("ctl %s: no such verb; there are %s", verb, strings.Join(names, ", "))}
}

// flags takes a verb's command line apart: switches, --probe-addr, and as many
// other arguments as it wants.
func (c ctlCall) flags(known flags, arguments int) (scanned, error) {
	known["h"], known["help"] = isSwitch, isSwitch
	var names []string
	for name := range known {
		if len(name) > 1 {
			names = append(names, name)
		}
	}
	sc := scan(c.args, known, func(name string) (string, bool) {
		if n := nearest(name, names); n != "" {
			return "no such flag; did you mean --" + n + "?", known[n] != isSwitch
		}
		return "no such flag; drainit ctl -h lists them", false
	})
	switch {
	case sc.has("h") || sc.has("help"):
		return sc, errHelp
	case sc.problems != nil:
		return sc, misuse{sc.problems}
	case len(sc.rest) > arguments:
		return sc, misuse{fmt.Errorf("ctl: %q is too much; drainit ctl -h shows what each verb takes", sc.rest[arguments])}
	}
	return sc, nil
}
