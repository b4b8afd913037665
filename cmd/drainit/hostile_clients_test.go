package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// roleCrowd is args[1] clients of args[0] that ask for args[2:] in turns, each
// anew as soon as it has an answer. It has less of the processor than the others,
// as what it takes from them is no fault of drainit's, unless it is to be eager.
func roleCrowd(args []string) int {
	if os.Getenv("CROWD_EAGER") == "" {
		standBack()
	}
	n, _ := strconv.Atoi(args[1])
	var answered, failed atomic.Int64
	for i := range n {
		client := crowdClients[args[2+i%len(args[2:])]]
		if client == nil {
			client = askFor(args[2+i%len(args[2:])])
		}
		go func() {
			time.Sleep(time.Duration(i) * time.Millisecond)
			for {
				c, err := net.DialTimeout("tcp", args[0], 10*time.Second)
				if err == nil {
					err = client(c)
					c.Close()
				}
				if os.Getenv("CROWD_EAGER") == "" {
					time.Sleep(breath)
				}
				if err != nil {
					failed.Add(1)
					time.Sleep(10 * time.Millisecond)
					continue
				}
				answered.Add(1)
			}
		}()
	}
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin) // until nobody wants it any more
	fmt.Println("answered", answered.Load(), "failed", failed.Load())
	return 0
}

// standBack has this process leave the processors to others.
func standBack() {
	schedule(&unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_NORMAL, Nice: 15})
}

// setApart has this process, and what it starts, come before all others on the
// processors, until the test ends: what is slow then is drainit's own. Where that is
// not allowed a busy machine may be to blame, see machineLate.
func setApart(t *testing.T) {
	if err := schedule(&unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_RR, Priority: 1}); err != nil {
		t.Logf("no processor time set apart: %v", err)
		return
	}
	t.Cleanup(func() { schedule(&unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_NORMAL}) })
}

// schedule changes the scheduling of every thread: what the scheduler counts by is
// a thread (sched(7)).
func schedule(how *unix.SchedAttr) (err error) {
	tasks, err := os.ReadDir("/proc/self/task")
	for _, task := range tasks {
		tid, _ := strconv.Atoi(task.Name())
		if e := unix.SchedSetAttr(tid, how, 0); e != nil && e != unix.ESRCH {
			err = e
		}
	}
	return err
}

// breath is how long a client waits before it comes again. A flood without any is
// a matter of who has more of the processors.
const breath = 20 * time.Millisecond

// askFor is a client that reads the whole answer.
func askFor(path string) func(net.Conn) error {
	return func(c net.Conn) error {
		c.SetDeadline(time.Now().Add(10 * time.Second))
		fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path)
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, answer.Body)
		return err
	}
}

// crowdClients are those that do not behave, by name.
var crowdClients = map[string]func(net.Conn) error{
	"silent": func(c net.Conn) error { c.Read(make([]byte, 1)); return nil },
	"slow": func(c net.Conn) error { // a byte at a time
		for _, b := range []byte("GET /readyz HTTP/1.1\r\nHost: " + strings.Repeat("x", 100)) {
			if _, err := c.Write([]byte{b}); err != nil {
				return nil
			}
			time.Sleep(50 * time.Millisecond)
		}
		return nil
	},
	"deaf": func(c net.Conn) error { // asks, and takes no answer
		c.(*net.TCPConn).SetReadBuffer(1)
		fmt.Fprint(c, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
		time.Sleep(time.Second)
		return nil
	},
	"leaving": func(c net.Conn) error { // asks, and is gone
		fmt.Fprint(c, "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
		c.(*net.TCPConn).SetLinger(0)
		return nil
	},
	"huge": func(c net.Conn) error {
		c.SetDeadline(time.Now().Add(time.Second))
		fmt.Fprintf(c, "GET / HTTP/1.1\r\nX: %s\r\n", strings.Repeat("x", 64<<10))
		return nil
	},
	"garbage": func(c net.Conn) error {
		c.SetDeadline(time.Now().Add(time.Second))
		fmt.Fprint(c, "\x16\x03\x01\x02\x00\r\n\r\n")
		io.Copy(io.Discard, c)
		return nil
	},
	"body": func(c net.Conn) error { // that never comes
		c.SetDeadline(time.Now().Add(time.Second))
		fmt.Fprint(c, "GET /readyz HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
		io.Copy(io.Discard, c)
		return nil
	},
}

var misbehaving = []string{"silent", "slow", "deaf", "leaving", "huge", "garbage", "body", "/metrics", "/drain", "/readyz", "/livez"}
