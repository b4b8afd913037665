package signals

import (
	"slices"
	"strings"
	"syscall"
)

// Program is what is known of a program, or the zero value: one that is not,
// for which SIGTERM is as good as anything.
type Program struct {
	Name     string
	Graceful Signal // what auto sends: ends it, after the work in hand; 0: SIGTERM, as without a row
	Fast     Signal // ends it at once, for the last moments before a deadline; 0: none known

	// Drains: on the signal of auto it answers what is in flight, as it comes,
	// and does without being held back for that.
	Drains bool

	// Cuts: whatever signal ends it cuts what is in flight, unless it was set up
	// as Lacks says.
	Cuts bool

	Lacks  string // what its stop does not do, and what to set; "": nothing that is known
	Holds  string // its own setting that holds the stop as --drain-delay does; "": none
	Bound  string // its own setting that ends its drain, where no signal surely does once it drains, or NoBound; "": Fast does
	GoesOn Mask   // signals that do not end it, as far as a person may take them to: reloads and the like
}

// End is the signal that auto sends, unless the stop request was SIGINT.
func (p Program) End() Signal {
	if p.Graceful == 0 {
		return syscall.SIGTERM
	}
	return p.Graceful
}

// Unending says that only SIGKILL may end the program, which has so long from its
// stop signal, and what to set against that; "" where a signal surely ends it.
func (p Program) Unending(budget string) string {
	if p.Bound == "" {
		return ""
	}
	const none = "no signal surely ends it while it drains"
	if p.Bound == NoBound {
		return none + ", nor does a setting"
	}
	return none + ": set " + p.Bound + ", to end within " + budget
}

// JVM is the name of the program that every java is. It stops on SIGTERM like
// a program that is not known, and answers SIGQUIT with a thread dump.
const JVM = "JVM"

// Tomcat is a JVM of which more is known.
const Tomcat = "Tomcat"

// dumpsThreads reports whether SIGQUIT asks the program for a thread dump.
func (p Program) dumpsThreads() bool { return p.Name == JVM || p.Name == Tomcat }

// row is how a program is recognised.
type row struct {
	Program
	names []string           // of executables, scripts and titles, without a version at the end
	with  string             // how one of its arguments must begin; "": whatever they are
	is    func(command) bool // what else must be so; nil: nothing
}

// Table returns every program that Identify knows, for documents and tests.
func Table() []Program {
	var programs []Program
	for _, r := range table {
		programs = append(programs, r.Program)
	}
	return programs
}

// Identify returns the program that a process runs, by what the kernel calls it
// (at most 15 bytes) and by its arguments or the title it wrote over them. The
// zero Program is one that is not known.
func Identify(comm string, argv []string) Program {
	c := commandOf(comm, argv)
	for _, name := range c.names {
		for _, r := range table {
			if (slices.Contains(r.names, name) || slices.Contains(r.names, stem(name))) && c.has(r.with) && (r.is == nil || r.is(c)) {
				return r.Program
			}
		}
	}
	return Program{}
}

// Spelled returns the arguments of a process with those that its environment stands
// for: to uvicorn WEB_CONCURRENCY is --workers, unless that is there.
func Spelled(comm string, argv []string, webConcurrency string) []string {
	if webConcurrency == "" || Identify(comm, argv).Name != "uvicorn" || strings.Contains(strings.Join(argv, " "), " --workers") {
		return argv
	}
	return slices.Concat(argv, []string{"--workers", webConcurrency})
}

// isCeleryWorker tells a worker from celery's other commands, to which SIGQUIT
// means nothing. With the setproctitle module it calls itself
// "[celeryd: celery@host:MainProcess] -active- (worker -A app)", and its pool
// the same with another name in the middle.
func isCeleryWorker(c command) bool {
	return slices.Contains(c.args, "worker") || strings.Contains(c.title, ":MainProcess]")
}

// isUvicornWithWorkers tells a supervisor of several from the server itself, which
// --workers 1 is, too.
func isUvicornWithWorkers(c command) bool {
	args := strings.ReplaceAll(strings.Join(c.args, " ")+" ", "=", " ")
	return strings.Contains(args, "--workers ") && !strings.Contains(args, "--workers 1 ")
}
