package peers_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func play(name string, args []string) int {
	roles := map[string]func([]string) int{
		"ns":      roleNS,
		"signals": roleSignals,
		"wait":    roleWait,
		"clock":   roleClock,
		"count":   roleCount,
		"listen":  roleListen,
		"fds":     roleFDs,
		"become":  roleBecome,
		"ask":     roleAsk,
		"works":   roleWorks,
	}
	f, ok := roles[name]
	if !ok {
		fmt.Fprintln(os.Stderr, "no such role:", name)
		return 99
	}
	return f(args)
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "role:", err)
		os.Exit(99)
	}
}

// roleNS prepares the namespace it is PID 1 of, then becomes the command, or,
// with "below", its parent, which with "stays" outlives it: args[0] lists preparations, the rest is the command.
func roleNS(args []string) int {
	runtime.LockOSThread() // some of what is prepared is a thread's
	must(unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""))
	must(unix.Mount("proc", "/proc", "proc", 0, ""))
	below, stays, attr := false, false, &syscall.SysProcAttr{}
	for p := range strings.FieldsSeq(args[0]) {
		switch p {
		case "below":
			below = true
		case "stays":
			stays = true
		case "background": // of the terminal, in a group of its own
			attr.Setpgid = true
		case "job": // of a shell with job control, which has the terminal
			attr.Setpgid, attr.Foreground = true, true
		default:
			prepare(p)
		}
	}
	if below {
		return parent(args[1:], attr, stays)
	}
	must(syscall.Exec(args[1], args[1:], environment()))
	return 99
}

// environment is this process's, without what is only for it.
func environment() []string {
	var env []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "GOCOVERDIR=") {
			env = append(env, kv)
		}
	}
	return env
}

// parent runs a command as its child, reaps, and leaves with its status, or, where it
// stays, when nobody is left.
func parent(argv []string, attr *syscall.SysProcAttr, stays bool) int {
	pid, err := syscall.ForkExec(argv[0], argv, &syscall.ProcAttr{Env: environment(), Files: []uintptr{0, 1, 2}, Sys: attr})
	must(err)
	for {
		var ws unix.WaitStatus
		got, err := unix.Wait4(-1, &ws, 0, nil)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			must(err)
		case stays:
		case got == pid && ws.Signaled():
			return 128 + int(ws.Signal())
		case got == pid && ws.Exited():
			return ws.ExitStatus()
		}
	}
}

// roleWait says ready and ends on SIGTERM with status args[0].
func roleWait(args []string) int {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM)
	fmt.Println("ready")
	<-c
	status, err := strconv.Atoi(args[0])
	must(err)
	return status
}

// roleSignals prints every signal it gets, in order; SIGTERM ends it.
func roleSignals([]string) int {
	c := make(chan os.Signal, 256)
	signal.Notify(c)
	fmt.Println("ready")
	for s := range c {
		n := s.(syscall.Signal)
		if n != syscall.SIGURG && n != syscall.SIGCHLD { // the runtime's own
			fmt.Printf("got %d\n", n)
		}
		if n == syscall.SIGTERM {
			break
		}
	}
	return 0
}

// roleCount counts SIGTERMs; a while after SIGUSR2 it leaves with the number.
func roleCount([]string) int {
	c := make(chan os.Signal, 8)
	signal.Notify(c, syscall.SIGTERM, syscall.SIGUSR2)
	fmt.Println("ready")
	n := 0
	var end <-chan time.Time
	for {
		select {
		case s := <-c:
			if s == syscall.SIGTERM {
				n++
			} else {
				end = time.After(200 * time.Millisecond)
			}
			fmt.Printf("got %d\n", s)
		case <-end:
			return n
		}
	}
}

// roleClock prints when it gets SIGHUP, in nanoseconds of CLOCK_MONOTONIC;
// SIGTERM ends it.
func roleClock([]string) int {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP, syscall.SIGTERM)
	fmt.Println("ready")
	for s := range c {
		if s == syscall.SIGTERM {
			break
		}
		fmt.Println(monotonic())
	}
	return 0
}

// monotonic reads CLOCK_MONOTONIC, which processes share.
func monotonic() int64 {
	var ts unix.Timespec
	must(unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts))
	return ts.Nano()
}

// roleListen listens on args[0] after args[1], and ends on SIGTERM.
func roleListen(args []string) int {
	after, err := time.ParseDuration(args[1])
	must(err)
	fmt.Println("started")
	time.Sleep(after)
	l, err := net.Listen("tcp", args[0])
	must(err)
	defer l.Close()
	return roleWait([]string{"0"})
}

// roleAsk prints what each drainit says of readiness, and then is roleWait.
func roleAsk(addrs []string) int {
	for _, addr := range addrs {
		code := 0
		for body := ""; code == 0; time.Sleep(10 * time.Millisecond) {
			code, body = get(addr, "/readyz")
			if code != 0 {
				fmt.Printf("%s: %d %s\n", addr, code, body)
			}
		}
	}
	return roleWait([]string{"0"})
}

// roleBecome executes a command as another user, args[0], as gosu does.
func roleBecome(args []string) int {
	uid, err := strconv.Atoi(args[0])
	must(err)
	must(syscall.Setgroups(nil))
	must(syscall.Setresgid(uid, uid, uid))
	must(syscall.Setresuid(uid, uid, uid))
	must(syscall.Exec("/bin/sh", args[1:], os.Environ()))
	return 99
}

// roleFDs prints which descriptors it was given.
func roleFDs([]string) int {
	fmt.Println("open", openFDs())
	return 0
}

// openFDs lists the descriptors below 64 that a program executed from here
// would inherit.
func openFDs() string {
	var open []string
	for fd := range 64 {
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			open = append(open, strconv.Itoa(fd))
		}
	}
	return strings.Join(open, " ")
}
