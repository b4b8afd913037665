package main

import (
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"syscall"
	"time"
)

// notify is a unit of Type=notify, with a watchdog that it feeds if it is told to by WATCHDOG_PID (sd_watchdog_enabled(3)).
func notify([]string) {
	received := stopped(syscall.SIGTERM)
	server := serve()
	tell("READY=1")
	if os.Getenv("WATCHDOG_PID") == strconv.Itoa(os.Getpid()) {
		µs, _ := strconv.Atoi(os.Getenv("WATCHDOG_USEC"))
		say("watchdog: fed, of %d µs", µs)
		go func() {
			for range time.Tick(time.Duration(µs) * time.Microsecond / 3) {
				tell("WATCHDOG=1")
			}
		}()
	} else {
		say("watchdog: not mine, %q", os.Getenv("WATCHDOG_PID"))
	}
	say("got %v", <-received)
	_ = server.Shutdown(background)
	os.Exit(7)
}

// tell is sd_notify(3).
func tell(state string) {
	conn, err := net.Dial("unixgram", os.Getenv("NOTIFY_SOCKET"))
	if err != nil {
		say("NOTIFY_SOCKET: %v", err)
		return
	}
	defer conn.Close()
	io.WriteString(conn, state)
}

// socket serves what systemd has opened, as sd_listen_fds(3) tells.
func socket([]string) {
	if os.Getenv("LISTEN_PID") != strconv.Itoa(os.Getpid()) || os.Getenv("LISTEN_FDS") != "1" {
		say("sockets: not mine, LISTEN_PID %q, LISTEN_FDS %q", os.Getenv("LISTEN_PID"), os.Getenv("LISTEN_FDS"))
		os.Exit(1)
	}
	l, err := net.FileListener(os.NewFile(3, "socket"))
	if err != nil {
		say("sockets: %v", err)
		os.Exit(1)
	}
	say("sockets: mine")
	received := stopped(syscall.SIGTERM)
	go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") }))
	say("got %v", <-received)
	os.Exit(7)
}
