package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// serve is an HTTP server that answers 200 to everything, after the time that
// the query's take= says. What it does at SIGTERM is a flag: exit at once with
// requests in flight, drain as http.Server.Shutdown does, or ignore it.
func serve(args []string) (int, error) {
	flags := flag.NewFlagSet("serve", flag.ExitOnError)
	listen := flags.String("listen", ":8080", "`address` to listen on")
	startDelay := flags.Duration("start-delay", 0, "`time` from the start until it listens")
	startAtUSR1 := flags.Bool("start-at-usr1", false, "wait for SIGUSR1 before listening")
	acceptAtUSR1 := flags.Bool("accept-at-usr1", false, "listen, but accept nobody before SIGUSR1, and then slowly")
	onTerm := flags.String("on-term", "exit", "what SIGTERM means: exit, drain or ignore")
	status := flags.Int("status", 0, "exit `status` after SIGTERM")
	flags.Parse(args)
	if *onTerm != "exit" && *onTerm != "drain" && *onTerm != "ignore" {
		return 0, fmt.Errorf("-on-term %q: neither exit, drain nor ignore", *onTerm)
	}

	signals := make(chan os.Signal, 64)
	signal.Notify(signals, syscall.SIGTERM)
	started := make(chan os.Signal, 1)
	signal.Notify(started, syscall.SIGUSR1)
	say("started")
	if *startAtUSR1 {
		<-started
	}
	time.Sleep(*startDelay)
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return 0, err
	}
	if *acceptAtUSR1 {
		listener = slowListener{listener, started, new(bool)}
	}
	server := &http.Server{Handler: http.HandlerFunc(answer)}
	go server.Serve(listener)
	say("ready")

	for range signals {
		sayCaught(syscall.SIGTERM)
		switch *onTerm {
		case "exit":
			return *status, nil
		case "drain":
			return *status, server.Shutdown(context.Background())
		}
	}
	return 0, nil
}

// slowListener leaves connections in the kernel's queue until it may begin, and
// then takes one after the other.
type slowListener struct {
	net.Listener
	begin <-chan os.Signal
	begun *bool
}

// Accept is called by one goroutine.
func (l slowListener) Accept() (net.Conn, error) {
	if !*l.begun {
		<-l.begin
		*l.begun = true
	}
	time.Sleep(300 * time.Millisecond)
	return l.Listener.Accept()
}

// answer replies after the query's take=, at once without one.
func answer(w http.ResponseWriter, r *http.Request) {
	if take, err := time.ParseDuration(r.URL.Query().Get("take")); err == nil {
		say("working")
		time.Sleep(take)
	}
	fmt.Fprintln(w, "ok")
}

// hogPort listens on an address, accepts and never says a word: what somebody
// else's program looks like to one that wanted the same port.
func hogPort(args []string) (int, error) {
	if len(args) != 1 {
		return 0, fmt.Errorf("%q: want one address", args)
	}
	listener, err := net.Listen("tcp", args[0])
	if err != nil {
		return 0, err
	}
	say("ready")
	for {
		conn, err := listener.Accept()
		if err != nil {
			return 0, err
		}
		go io.Copy(io.Discard, conn)
	}
}
