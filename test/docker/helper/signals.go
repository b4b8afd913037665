package main

import (
	"flag"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// printSignals says what signals it gets, and ends with the
// -status at the first SIGTERM, unless told to ignore that one as well.
// SIGURG is left out, which Go's runtime sends itself, and SIGCHLD.
func printSignals(args []string) (int, error) {
	flags := flag.NewFlagSet("print-signals", flag.ExitOnError)
	ignoreTerm := flags.Bool("ignore-term", false, "go on after SIGTERM")
	status := flags.Int("status", 0, "exit `status` after SIGTERM")
	flags.Parse(args)

	signals := make(chan os.Signal, 64)
	signal.Notify(signals)
	say("ready")
	for s := range signals {
		number := s.(syscall.Signal)
		if number == syscall.SIGURG || number == syscall.SIGCHLD {
			continue
		}
		sayCaught(number)
		if number == syscall.SIGTERM && !*ignoreTerm {
			return *status, nil
		}
	}
	return 0, nil
}

// sayCaught says a signal's number and when it was caught, in milliseconds of
// Unix time: a container has no clock of its own, so that it is the test's.
func sayCaught(number syscall.Signal) {
	say("caught %d at %d", int(number), time.Now().UnixMilli())
}

// pause waits for ever and handles no signal: what Go does by itself is what
// it does, a stack dump at SIGQUIT among it.
func pause([]string) (int, error) {
	say("ready")
	// Not an empty select, which Go takes for a deadlock.
	for {
		time.Sleep(time.Hour)
	}
}

// terminal says whether it has the foreground of the terminal on its stdin,
// and pauses.
func terminal(args []string) (int, error) {
	foreground, err := unix.IoctlGetInt(0, unix.TIOCGPGRP)
	if err != nil {
		return 0, os.NewSyscallError("TIOCGPGRP", err)
	}
	if foreground == unix.Getpgrp() {
		say("in the foreground")
	} else {
		say("in the background: the foreground is group %d, this is %d", foreground, unix.Getpgrp())
	}
	return pause(args)
}
