package signals

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
)

// StopOn says which signals are a stop request. The zero value is auto.
type StopOn struct {
	listed Mask // empty: auto, for a list is never empty
}

// ParseStopOn reads auto or a list of signals. Empty is auto. Every problem of
// the list is in the error, which errors.Join made.
func ParseStopOn(s string) (StopOn, error) {
	if s == "" || strings.EqualFold(s, "auto") {
		return StopOn{}, nil
	}
	var on StopOn
	var errs []error
	for item := range strings.SplitSeq(s, ",") {
		sig, err := parseStopRequest(strings.TrimSpace(item))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		on.listed |= bit(sig)
	}
	if errs != nil {
		return StopOn{}, errors.Join(errs...)
	}
	return on, nil
}

func parseStopRequest(item string) (Signal, error) {
	if strings.EqualFold(item, "auto") {
		return 0, errors.New(`"auto" stands alone: list every signal that is a stop request, or none`)
	}
	sig, err := Parse(item)
	if err != nil {
		return 0, err
	}
	if err := private(sig); err != nil {
		return 0, fmt.Errorf("%q cannot be a stop request: %w", item, err)
	}
	return sig, nil
}

// String returns auto or the list in the order of the numbers.
func (s StopOn) String() string {
	if s.listed == 0 {
		return "auto"
	}
	var list []string
	for _, sig := range s.listed.Signals() {
		list = append(list, Name(sig))
	}
	return strings.Join(list, ",")
}

// Listed returns the signals of a list, or nothing for auto.
func (s StopOn) Listed() Mask {
	return s.listed
}

// Facts is what auto looks at when a signal arrives.
type Facts struct {
	Tree Tree // what is running by then
	Map  Map  // what --map makes of signals that are passed on

	Terminal         bool // drainit has a controlling terminal
	SharesForeground bool // and is in its foreground process group together with the child
}

// Contains reports whether sig, just received, is a stop request. A list is
// exactly that list. auto takes
//
//   - SIGTERM, always;
//   - SIGINT, but not from a terminal whose foreground group drainit shares with
//     the child: the child has it already, and some programs take a second one
//     for "now";
//   - SIGQUIT, but not where a JVM runs, which answers with a thread dump;
//   - the graceful signal of a program that runs;
//   - SIGWINCH, SIGUSR1, SIGUSR2 and SIGRTMIN+3, the stop signals that images
//     inherit, where nobody catches or blocks them whom they would be passed on
//     to, and --map does not name them: they could only kill or do nothing.
//
// With a terminal SIGWINCH says that its size changed and is never a stop
// request. A program whose runtime catches every signal, as Go's does, is never
// seen not to catch one; there a list has to say it.
func (s StopOn) Contains(sig Signal, f Facts) bool {
	if s.listed != 0 {
		return s.listed.Has(sig)
	}
	if !s.AsksProgram(sig, f.Terminal) {
		return sig == syscall.SIGTERM || sig == syscall.SIGINT && !f.SharesForeground
	}
	if sig == syscall.SIGQUIT {
		return !f.Tree.any(func(p *Process) bool { return Identify(p.Comm, p.Argv).dumpsThreads() })
	}
	if slices.ContainsFunc(resolve(f.Tree, sig).Programs, func(t Target) bool { return bit(sig) != 0 && t.Program.Graceful == sig }) {
		return true
	}
	return inherited.Has(sig) && !f.mapped(sig) && unheard(f.Tree, sig)
}

// AsksProgram reports whether the program that runs has a say in whether sig is a
// stop request. Where it has none, Contains needs no Tree.
func (s StopOn) AsksProgram(sig Signal, terminal bool) bool {
	switch {
	case s.listed != 0, sig == syscall.SIGTERM, sig == syscall.SIGINT:
		return false
	case sig == syscall.SIGWINCH:
		return !terminal
	}
	return sig == syscall.SIGQUIT || (inherited | graceful()).Has(sig)
}

// graceful returns the graceful signals of all programs.
func graceful() Mask {
	var m Mask
	for _, r := range table {
		m |= bit(r.Graceful)
	}
	return m
}

// inherited are the unusual stop signals that a base image may hand down:
// httpd's SIGWINCH, haproxy's SIGUSR1, systemd's SIGRTMIN+3, and SIGUSR2 as the
// other one that programs define for themselves.
const inherited = Mask(1<<(syscall.SIGWINCH-1) | 1<<(syscall.SIGUSR1-1) | 1<<(syscall.SIGUSR2-1) | 1<<(haltSignal-1))

func (f Facts) mapped(sig Signal) bool {
	_, ok := f.Map[sig]
	return ok
}

// unheard reports whether sig, passed on, would find nobody who asked for it.
// Another init hands on all it gets, so its only child decides.
func unheard(t Tree, sig Signal) bool {
	if to := Forward(t, sig); len(to) > 1 || to[0].PID != t.Root.PID {
		return false // it handles the signal
	}
	p := &t.Root
	for p.kind() == kindInit || p.kind() == kindRelay {
		if len(p.Children) != 1 {
			return false
		}
		p = &p.Children[0]
	}
	return !p.MasksUnknown && !p.handles(sig)
}

// certain reports whether sig is a stop request whatever the program, or for
// SIGINT and SIGQUIT for all but a few.
func (s StopOn) certain(sig Signal) bool {
	if s.listed != 0 {
		return s.listed.Has(sig)
	}
	return sig == syscall.SIGTERM || sig == syscall.SIGINT || sig == syscall.SIGQUIT
}
