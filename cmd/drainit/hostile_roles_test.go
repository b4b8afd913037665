package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/peers"
	"drainit/test/network"
)

// roleSquat makes args[0] listeners that look like a drainit's in its network
// namespace. Each takes its time to say that it is one, but for the last, which
// never comes to the end of its header: were they asked in a row, it would be all
// of them.
func roleSquat(args []string) int {
	standBack()
	n, _ := strconv.Atoi(args[0])
	must(network.LoopbackUp())
	for i := range n {
		l, err := net.Listen("tcp4", fmt.Sprintf("0.0.0.0:%d", 20000+i))
		must(err)
		peers.Mark(l)
		go accept(l, func(c net.Conn) {
			c.Read(make([]byte, 1024)) // closing would reset it else
			fmt.Fprint(c, "HTTP/1.1 200 OK\r\nDrainit: x\r\n")
			for began := time.Now(); i == n-1 || time.Since(began) < 180*time.Millisecond; time.Sleep(20 * time.Millisecond) {
				if _, err := fmt.Fprint(c, "X: x\r\n"); err != nil {
					return
				}
			}
			fmt.Fprint(c, "\r\n")
		})
	}
	fmt.Println("ready")
	select {}
}

func accept(l net.Listener, talk func(net.Conn)) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			talk(c)
		}()
	}
}

// nonsense lists the ways of saying what no drainit says, by name: one for each
// rule of the protocol, and squatters that never speak.
var nonsense = map[string]string{
	"words":         "HTTP/1.1 400 Bad Request\r\n",
	"binary":        "drainit x\n\x00\xff\n",
	"endless-line":  "drainit " + strings.Repeat("x", 4096),
	"endless-lines": "drainit x\n" + strings.Repeat("more x\n", 200),
	"bad-status":    "drainit x\nexit 256\n",
	"no-status":     "drainit x\nexit\n",
	"no-instance":   "drainit\n",
	"empty-line":    "\n",
	"name-first":    "name app\ndrainit x\n",
	"after-a-state": "drainit x\nname app\norder app,proxy\nstate running\n\x07\n",
	"another-order": "drainit x\nname app\norder proxy,app\nstate draining\n",
	"exited":        "drainit x\nname app\norder app,proxy\nexit 0\n",
	"running":       "drainit x\nname app\norder app,proxy\nstate running\n",
	"half-a-line":   "drain",
	"silent":        "",
	"closed":        "", // at once
	"deaf":          "", // accepts nothing
}

// roleNonsense listens on the abstract address args[0] as another user and talks
// args[1] to all who connect.
func roleNonsense(args []string) int {
	must(syscall.Setuid(65534))
	how := args[1]
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	must(err)
	must(unix.Bind(fd, &unix.SockaddrUnix{Name: args[0]}))
	backlog := 64
	if how == "deaf" {
		backlog = 0
	}
	must(unix.Listen(fd, backlog))
	fmt.Println("ready")
	if how == "deaf" {
		select {}
	}
	l, err := net.FileListener(os.NewFile(uintptr(fd), "squatter"))
	must(err)
	accept(l, func(c net.Conn) {
		fmt.Fprint(c, nonsense[how])
		if how != "closed" {
			io.Copy(io.Discard, c)
		}
	})
	return 0
}

// roleSlow serves args[0] and answers each request args[1] later, one of them after
// the other if there is one more argument.
func roleSlow(args []string) int {
	takes, err := time.ParseDuration(args[1])
	must(err)
	l, err := net.Listen("tcp", args[0])
	must(err)
	go http.Serve(l, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(takes) }))
	return roleWait([]string{"0"})
}

// inNetwork does something on a thread that is in another network namespace for
// so long; the sockets it makes are there. The thread must not end: it may be the
// parent of others (PR_SET_PDEATHSIG).
func inNetwork(netns *os.File, do func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	own, err := os.Open("/proc/thread-self/ns/net")
	must(err)
	defer own.Close()
	must(unix.Setns(int(netns.Fd()), unix.CLONE_NEWNET))
	do()
	must(unix.Setns(int(own.Fd()), unix.CLONE_NEWNET))
}
