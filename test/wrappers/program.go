package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// Orders that PID 1 of a trial gives the program: signals that no wrapper sends.
const (
	orderExit0 = syscall.Signal(50) // end with status 0
	orderExit7 = syscall.Signal(51) // end with status 7
	orderDie   = syscall.Signal(52) // die of SIGTERM
)

// programName is the name under which this binary is the program inside the wrapper.
const programName = "prog"

func isProgram() bool { return filepath.Base(os.Args[0]) == programName }

// runProgram is the most stubborn of programs: it catches every signal that can be caught, writes it to the trial's
// log, and goes on. Only orders end it, or a minute, should nobody be there to give one.
func runProgram() {
	signals := make(chan os.Signal, 64)
	signal.Notify(signals)
	note("start")
	late := time.After(time.Minute)
	for {
		select {
		case s := <-signals:
			obey(s.(syscall.Signal))
		case <-late:
			os.Exit(99)
		}
	}
}

func obey(s syscall.Signal) {
	switch s {
	case syscall.SIGURG, syscall.SIGCHLD: // the Go runtime's own; children inherited from a shell
	case orderExit0:
		os.Exit(0)
	case orderExit7:
		os.Exit(7)
	case orderDie:
		signal.Reset(syscall.SIGTERM)
		syscall.Kill(os.Getpid(), syscall.SIGTERM)
	default:
		note("got " + nameOf(s))
	}
}

// note writes one line to the trial's log, whose lines are short enough never to mix.
func note(line string) {
	log, err := os.OpenFile(logPath, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		fmt.Fprintln(os.Stderr, "prog:", err)
		os.Exit(98)
	}
	fmt.Fprintln(log, line)
	log.Close()
}
