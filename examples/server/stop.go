package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

// stopMode is what the server does on SIGTERM.
type stopMode string

const (
	// exit leaves at once, as a program without a handler does. It has one here
	// because the default disposition does nothing to PID 1 of a PID namespace
	// (pid_namespaces(7)).
	exit stopMode = "exit"
	// drain closes the listener and answers what is in flight before it leaves:
	// all that a program can do by itself.
	drain stopMode = "drain"
	// ignore goes on serving until SIGKILL.
	ignore stopMode = "ignore"
)

// UnmarshalText accepts the three modes by name.
func (m *stopMode) UnmarshalText(text []byte) error {
	switch mode := stopMode(text); mode {
	case exit, drain, ignore:
		*m = mode
		return nil
	default:
		return fmt.Errorf("mode %q: want exit, drain or ignore", text)
	}
}

// MarshalText gives the name, which package flag prints as the default.
func (m stopMode) MarshalText() ([]byte, error) { return []byte(m), nil }

// listen arranges for SIGTERM to be taken as the mode says. The channel it
// returns is closed when the server is to drain, which only drain ever does.
func (m stopMode) listen() <-chan struct{} {
	stopping := make(chan struct{})
	if m == ignore {
		signal.Ignore(syscall.SIGTERM)
		return stopping
	}
	received := make(chan os.Signal, 1)
	signal.Notify(received, syscall.SIGTERM)
	go func() {
		<-received
		if m == exit {
			os.Exit(128 + int(syscall.SIGTERM))
		}
		close(stopping)
	}()
	return stopping
}

// shutdown closes the listener and waits until every request is answered. It
// has no limit of its own: whoever sent SIGTERM has one. Even so a few are lost
// when requests still arrive: net/http closes the connection of a request whose
// header it reads after Shutdown began, and the kernel resets those that are in
// the listener's queue.
func shutdown(server *http.Server) error {
	return server.Shutdown(context.Background())
}
