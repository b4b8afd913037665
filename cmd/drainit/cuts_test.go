package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// roleForks has a process of its own for each connection that comes in to args[0],
// roleSession with the other arguments, as busybox httpd, git daemon and sshd do. It
// has no handler for SIGTERM, which ends it and no session.
func roleForks(args []string) int {
	l, err := net.Listen("tcp", args[0])
	must(err)
	fmt.Println("ready")
	for {
		conn, err := l.Accept()
		must(err)
		f, err := conn.(*net.TCPConn).File()
		must(err)
		session := exec.Command("/proc/self/exe")
		session.Args = role("session", args[1:]...)
		session.ExtraFiles, session.Stderr = []*os.File{f}, os.Stderr
		must(session.Start())
		go session.Wait()
		f.Close()
		conn.Close()
	}
}

// roleSession answers a line on descriptor 3 after args[1], and goes on over SIGTERM if
// args[0] is "stays".
func roleSession(args []string) int {
	if args[0] == "stays" {
		signal.Ignore(syscall.SIGTERM)
	}
	conn, err := net.FileConn(os.NewFile(3, ""))
	must(err)
	_, err = bufio.NewReader(conn).ReadString('\n')
	must(err)
	fmt.Println("asked")
	d, err := time.ParseDuration(args[1])
	must(err)
	time.Sleep(d)
	io.WriteString(conn, "answer\n")
	return 0
}

// roleDrop is a server without a handler for SIGTERM.
func roleDrop(args []string) int {
	l, err := net.Listen("tcp", args[0])
	must(err)
	fmt.Println("ready")
	must(http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d, err := time.ParseDuration(strings.TrimPrefix(r.URL.Path, "/"))
		must(err)
		time.Sleep(d)
		io.WriteString(w, "answer")
	})))
	return 0
}

// TestLeftoversWithRequests: what becomes of a request that a leftover has is counted
// when that has gone, and a stop is clean only if it was answered.
func TestLeftoversWithRequests(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, session, takes, sweep string
		notInit                     bool
		cut, killed                 string
		status                      int
	}{
		{"ended by its signal", "ends", "20s", "8s", false, "1", "false", 143},
		{"answers", "stays", "2s", "15s", false, "0", "false", 0},
		{"killed", "stays", "30s", "500ms", false, "1", "true", 143},
		{"killed by its own drainit", "stays", "30s", "500ms", true, "1", "true", 143},
		{"ends with PID 1", "stays", "30s", "0", false, "1", "true", 143},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := untilCounted(t, func() *running {
				addr := testkit.FreeAddr(t)
				flags := []string{"--deadline", "28s", "--drain-delay", "1s", "--sweep", tt.sweep, "--remap-exit", "clean=0"}
				r := launch(t, spec{notInit: tt.notInit, args: command(flags, role("forks", addr, tt.session, tt.takes)...)})
				r.says("ready")
				conn, err := net.Dial("tcp", addr)
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				io.WriteString(conn, "request\n")
				time.Sleep(100 * time.Millisecond) // more than a tick of the kernel
				r.signal(syscall.SIGTERM)
				line, _ := bufio.NewReader(conn).ReadString('\n')
				if got := map[bool]string{true: "0", false: "1"}[line == "answer\n"]; got != tt.cut {
					t.Errorf("the client got %q, and %s is to be cut", line, tt.cut)
				}
				r.exit()
				return r
			})
			r.wantExit(tt.status)
			r.wantLogged("requests_cut", tt.cut)
			r.wantLogged("leftovers_killed", tt.killed)
			if tt.cut == "1" {
				r.logs(`level=WARN msg="drain report"`)
			}
			if tt.killed == "true" {
				r.logs(`level=WARN msg="leftovers killed with requests in flight" requests_cut_at_most=1 remedy="--grace-period`)
			}
		})
	}
}

// TestCleanExit: clean= is for a program that got the stop signal, ended by it, and has
// cut nothing.
func TestCleanExit(t *testing.T) {
	t.Parallel()
	addr := testkit.FreeAddr(t)
	for _, tt := range []struct {
		name   string
		flags  string
		argv   []string
		ask    time.Duration
		signal syscall.Signal
		want   int
	}{
		{"ended by it", "", []string{"/bin/sh", "-c", "echo ready; exec sleep 100"}, 0, syscall.SIGTERM, 0},
		{"as a shell says it", "", []string{"/bin/sh", "-c", "trap 'exit 143' TERM; echo ready; while :; do sleep 0.05; done"}, 0, syscall.SIGTERM, 0},
		{"another status", "", []string{"/bin/sh", "-c", "trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done"}, 0, syscall.SIGTERM, 3},
		{"another signal", "", []string{"/bin/sh", "-c", "trap 'kill -QUIT $$' TERM; echo ready; while :; do sleep 0.05; done"}, 0, syscall.SIGTERM, 131},
		{"SIGINT", "", []string{"/bin/sh", "-c", "echo ready; exec sleep 100"}, 0, syscall.SIGINT, 0},
		{"with a request in flight, and nothing was held", "", role("drop", addr), time.Minute, syscall.SIGTERM, 7},
	} {
		t.Run(tt.name, func(t *testing.T) {
			flags := []string{"--remap-exit", "143=7,clean=0"}
			r := launch(t, spec{args: command(flags, tt.argv...)})
			r.says("ready")
			if tt.ask > 0 {
				c := newClients(t, addr)
				c.ask(tt.ask)
				c.sent.Wait()
				time.Sleep(100 * time.Millisecond)
				defer c.wg.Wait()
			}
			r.signal(tt.signal)
			r.wantExit(tt.want)
		})
	}
	r := launch(t, spec{args: command([]string{"--remap-exit", "143=7,clean=0"}, sh("exit 143")...)})
	r.wantExit(7)
}
