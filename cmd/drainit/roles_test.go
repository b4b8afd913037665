package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"drainit/test/network"

	"golang.org/x/sys/unix"
)

// rolePrefix in the first argument says that the test binary is to be
// something else than the tests.
const rolePrefix = "role:"

var roles = map[string]func(args []string) int{
	"init":        roleInit,
	"wait":        roleWait,
	"signals":     roleSignals,
	"orphans":     roleOrphans,
	"descendant":  roleDescendant,
	"ptrace":      rolePtrace,
	"ptrace-exec": rolePtraceExec,
	"adopted":     roleAdopted,
	"listen":      roleListen,
	"env":         roleEnv,
	"tree":        roleTree,
	"ignore":      roleIgnore,
	"app":         roleApp,
	"serve":       roleServe,
	"drain":       roleDrain,
	"late":        roleLate,
	"forks":       roleForks,
	"session":     roleSession,
	"drop":        roleDrop,
	"traffic":     roleTraffic,
	"headless":    roleHeadless,
	"stamps":      roleStamps,
	"squat":       roleSquat,
	"nonsense":    roleNonsense,
	"slow":        roleSlow,
	"crowd":       roleCrowd,
	"own-socket":  roleOwnSocket,
	"waits":       roleWaits,
}

func play(name string, args []string) int {
	f, ok := roles[name]
	if !ok {
		fmt.Fprintln(os.Stderr, "no such role:", name)
		return 99
	}
	return f(args)
}

// roleInit prepares the namespace it finds itself in, then becomes the command:
// args[0] lists preparations, the rest is the command.
func roleInit(args []string) int {
	if os.Getpid() == 1 {
		must(unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""))
		must(unix.Mount("proc", "/proc", "proc", 0, ""))
	}
	runtime.LockOSThread()
	for p := range strings.FieldsSeq(args[0]) {
		prepare(p)
	}
	env := os.Environ()
	if i := slices.Index(env, "TWICE=first"); i >= 0 { // Go's own start of processes leaves the second out
		env = append(env, "TWICE=second")
	}
	must(syscall.Exec(args[1], args[1:], env))
	return 99
}

func prepare(p string) {
	what, value, _ := strings.Cut(p, "=")
	var ns []int
	for v := range strings.SplitSeq(value, ",") {
		if n, err := strconv.Atoi(v); err == nil {
			ns = append(ns, n)
		}
	}
	switch what {
	case "ignore": // signals are ignored, as nohup(1) leaves SIGHUP
		for _, n := range ns {
			action := [8]uint64{1} // SIG_IGN, and nothing else
			_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(n), uintptr(unsafe.Pointer(&action)), 0, 8, 0, 0)
			if errno != 0 {
				must(errno)
			}
		}
	case "block":
		var set unix.Sigset_t
		for _, n := range ns {
			set.Val[0] |= 1 << (n - 1)
		}
		must(unix.PthreadSigmask(unix.SIG_BLOCK, &set, nil))
	case "nofile":
		must(unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: uint64(ns[0]), Max: uint64(ns[1])}))
	case "fsize": // the largest file, in bytes
		must(unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: uint64(ns[0]), Max: uint64(ns[0])}))
	case "session": // a session with standard input as its terminal
		_, _ = unix.Setsid()
		must(unix.IoctlSetInt(0, unix.TIOCSCTTY, 0))
	case "cgroup": // which this process and what it becomes is in from now on
		must(os.WriteFile(value+"/cgroup.procs", []byte("0"), 0))
	case "netns": // the network namespace that a descriptor is of
		must(unix.Setns(ns[0], unix.CLONE_NEWNET))
		must(unix.Close(ns[0]))
	case "uid": // as which everything goes on; a mask of signals would not be kept
		must(syscall.Setuid(ns[0]))
	case "loopback":
		must(network.LoopbackUp())
	case "no-proc":
		for unix.Unmount("/proc", unix.MNT_DETACH) == nil { // the host's is below
		}
	case "refuse-netlink":
		refuseNetlink()
	case "no-pidfd":
		noPidfd()
	case "imitated-proc":
		imitateProc(value)
	default:
		must(fmt.Errorf("prepare %q", p))
	}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "role:", err)
		os.Exit(99)
	}
}

// roleWait says ready and lives until SIGTERM, then exits with args[0].
func roleWait(args []string) int {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM)
	fmt.Println("ready")
	<-c
	fmt.Println("stopping")
	status, _ := strconv.Atoi(args[0])
	return status
}

// roleStamps says ready, and says when it is told to stop and when that is done,
// args[0] later. It exits with args[1].
func roleStamps(args []string) int {
	takes, err := time.ParseDuration(args[0])
	must(err)
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM)
	fmt.Println("ready")
	<-c
	fmt.Println("told", time.Now().UnixNano())
	time.Sleep(takes)
	fmt.Println("done", time.Now().UnixNano())
	status, _ := strconv.Atoi(args[1])
	return status
}

// roleIgnore ignores the signals named by number and lives on.
func roleIgnore(args []string) int {
	for _, a := range args {
		n, _ := strconv.Atoi(a)
		signal.Ignore(syscall.Signal(n))
	}
	fmt.Println("ready")
	time.Sleep(time.Hour)
	return 0
}

// roleSignals prints each signal it gets by number; SIGTERM ends it.
func roleSignals([]string) int {
	c := make(chan os.Signal, 256)
	signal.Notify(c)
	fmt.Println("ready")
	for s := range c {
		n := int(s.(syscall.Signal))
		if n == int(syscall.SIGURG) || n == int(syscall.SIGCHLD) {
			continue
		}
		fmt.Printf("got %d.\n", n)
		if s == syscall.SIGTERM {
			return 0
		}
	}
	return 0
}

// roleOrphans makes args[0] orphans that end at once, then exits with args[1].
func roleOrphans(args []string) int {
	n, _ := strconv.Atoi(args[0])
	const some = 500
	for until := time.Now().Add(time.Minute); n > 0 && time.Now().Before(until); n -= some { // a fork takes 10 ms on some machines
		script := fmt.Sprintf(`i=0; while [ $i -lt %d ]; do (true &) ; i=$((i+1)); done`, min(n, some))
		must(exec.Command("/bin/sh", "-c", script).Run())
	}
	if len(args) > 2 { // stay, to be looked at
		fmt.Println("made")
		time.Sleep(time.Hour)
	}
	status, _ := strconv.Atoi(args[1])
	return status
}

// roleDescendant leaves a process behind that needs a second to finish a file
// once it is told to stop, and ends itself on SIGTERM.
func roleDescendant(args []string) int {
	script := `trap 'sleep 1; echo finished > "$0"; exit' TERM; echo started; while :; do sleep 0.05; done`
	cmd := exec.Command("/bin/sh", "-c", script, args[0])
	cmd.Stdout = os.Stdout
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	must(cmd.Start())
	return roleWait([]string{"0"})
}

// rolePtrace asks to be traced, then sends itself a signal that its tracer has
// to pass on. It must run on one thread: the stop is a thread's.
func rolePtrace([]string) int {
	runtime.LockOSThread()
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR2)
	traceMe()
	must(unix.Tgkill(os.Getpid(), unix.Gettid(), unix.SIGUSR2))
	<-c
	fmt.Println("passed on")
	return 5
}

// rolePtraceExec asks to be traced and executes sleep(1), which stops a tracee
// with a SIGTRAP.
func rolePtraceExec([]string) int {
	runtime.LockOSThread()
	traceMe()
	must(syscall.Exec("/bin/sh", []string{"sh", "-c", "echo executed; exec sleep 1000"}, os.Environ()))
	return 99
}

func traceMe() {
	if _, _, errno := unix.RawSyscall(unix.SYS_PTRACE, unix.PTRACE_TRACEME, 0, 0); errno != 0 {
		must(errno)
	}
}

// roleAdopted makes an orphan that asks to be traced by who adopted it, and
// stops.
func roleAdopted(args []string) int {
	if len(args) == 0 {
		self, _ := os.Executable()
		must(exec.Command("/bin/sh", "-c", `"$0" role:adopted x & `, self).Run())
		return roleWait([]string{"0"})
	}
	for os.Getppid() != 1 {
		time.Sleep(time.Millisecond)
	}
	runtime.LockOSThread()
	traceMe()
	must(os.WriteFile("/proc/self/comm", []byte("tracee"), 0))
	must(unix.Tgkill(os.Getpid(), unix.Gettid(), unix.SIGTERM)) // ends it, once it arrives
	time.Sleep(time.Hour)
	return 0
}

// roleListen waits args[1], then listens on args[0] and lives until SIGTERM.
func roleListen(args []string) int {
	after, err := time.ParseDuration(args[1])
	must(err)
	time.Sleep(after)
	l, err := net.Listen("tcp", args[0])
	must(err)
	defer l.Close()
	return roleWait([]string{"0"})
}

// roleEnv prints its environment, sorted, and the working directory.
func roleEnv([]string) int {
	env := os.Environ()
	slices.Sort(env)
	fmt.Println(strings.Join(env, "\n"))
	dir, _ := os.Getwd()
	fmt.Println("wd", dir)
	return 0
}

// roleTree leaves args[0] daemons behind, each in a session of its own and deaf
// to SIGTERM, the last of which keeps starting another.
func roleTree(args []string) int {
	n, _ := strconv.Atoi(args[0])
	for range n {
		cmd := exec.Command("/bin/sh", "-c", `trap '' TERM; (trap '' TERM; sleep 1000) & sleep 1000`)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		must(cmd.Start())
	}
	return roleWait([]string{"0"})
}
