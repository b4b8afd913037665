// Go's runtime would follow a limit of processors that is raised later:
// reserveThreads counts on a few.
//
//go:debug updatemaxprocs=0

// Command drainit is a tiny init for containers that drains before it stops: it
// reaps zombies, forwards signals, and turns the platform's stop into a drain.
// See docs/manual.md.
package main

import (
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime"
	"strings"
	"time"

	"drainit/internal/probe"
	"drainit/internal/proc"
	"drainit/internal/reaper"
)

// version is set by the linker.
var version = "dev"

// A tracee can be let go only by the thread that became its tracer: the one
// that forked it, or the first of the process where it was adopted (ptrace(2)).
// The main goroutine stays on that thread only if it is locked to it before
// main (runtime.LockOSThread).
func init() { runtime.LockOSThread() }

func main() {
	if len(os.Args) > 1 && os.Args[1] == "ctl" {
		os.Exit(ctl(os.Args[2:], os.Environ(), os.Stdout, os.Stderr))
	}
	if isFront(os.Args) {
		os.Exit(runFront())
	}
	os.Exit(run(os.Args[1:], shieldRuntime(os.Environ())))
}

// flushPatience is how long the exit waits for a standard error that does not
// take the last lines.
const flushPatience = 200 * time.Millisecond

// run is drainit as an init: it returns the status to leave with.
func run(args, env []string) int {
	read := parse
	if underDrainit() {
		read = parseUnder
	}
	cfg, warnings, err := read(args, env)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFailed
	}
	if cfg.Help || cfg.Version {
		return inform(cfg)
	}
	prefix := "drainit: "
	if cfg.LogFormat == "json" {
		prefix = ""
	}
	out := newLogWriter(2, prefix)
	defer out.flush(flushPatience)
	log := slog.New(counting{newLogger(out, cfg.LogFormat, cfg.LogLevel).Handler(), &out.warnings})
	for _, w := range warnings {
		log.Warn(w)
	}
	return supervise(cfg, env, out, log)
}

// supervise starts the child and sees it through. What is slow comes after the
// start; what may fail and must be known comes before.
func supervise(cfg config, env []string, out *logWriter, log *slog.Logger) int {
	ready := makeReady()
	file, err := lookup(cfg.Command[0], pathOf(env))
	if err != nil {
		return refuse(cfg.Command[0], err)
	}
	listener, err := bind(cfg, log)
	if err != nil {
		fmt.Fprintln(os.Stderr, "drainit:", err)
		return exitFailed
	}
	if err := reaper.Adopt(); err != nil {
		log.Warn("orphans cannot be adopted: not PID 1, and no subreaper", "error", err)
	}
	r := ready()
	resetIgnored()
	front, err := openFront(cfg)
	if err != nil {
		fmt.Fprintln(os.Stderr, "drainit:", err)
		return exitFailed
	}
	c, err := start(file, cfg.Command, env)
	if err != nil {
		return refuse(file, err)
	}
	r.settle()
	closeInherited()
	chdirRoot(log)

	s := newSupervisor(cfg, c, realHost(proc.OOMKills), log, probe.NewGate(probe.GateConfig{}), r)
	s.proxy, s.front = front, front.fronting()
	s.oomBefore, _ = s.host.oomKills()
	s.peers = joinPod(cfg)
	s.guarded(func() { s.serve(listener, out) })
	return s.run()
}

// makeReady begins what takes longest before the start, signals and threads, and
// returns what waits for it. Each is a long row of handshakes between threads,
// which leave a second processor idle.
func makeReady() func() received {
	limitProcs(maxProcs)
	threads := make(chan struct{})
	go func() {
		reserveThreads(spareThreads)
		close(threads)
	}()
	signals := make(chan received)
	go func() { signals <- receive() }()
	return func() received {
		<-threads
		return <-signals
	}
}

func inform(cfg config) int {
	if cfg.Help {
		fmt.Print(usage)
	} else {
		fmt.Println(versionLine())
	}
	return 0
}

func versionLine() string {
	return fmt.Sprintf("drainit %s (%s %s/%s)", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// refuse says why the command cannot be started.
func refuse(command string, err error) int {
	why, status := cannotRun(command, err)
	fmt.Fprintln(os.Stderr, "drainit:", why)
	return status
}

// chdirRoot lets go of the working directory, so as to pin no mount.
func chdirRoot(log *slog.Logger) {
	if err := os.Chdir("/"); err != nil {
		log.Warn("working directory not left", "error", err)
	}
}

func pathOf(env []string) string {
	for _, kv := range env {
		if path, ok := strings.CutPrefix(kv, "PATH="); ok {
			return path
		}
	}
	return defaultPath
}

// serve answers probes from now on, in the background.
func (s *supervisor) serve(l net.Listener, out *logWriter) {
	go limitMemory() // with probes off, too: signals and orphans make garbage as well
	accepted := s.lookAround(l)
	if l == nil {
		return
	}
	ns, _ := proc.PIDNamespace(0)
	id := identity{name: s.cfg.Settings.Name, version: version, pid: os.Getpid(), pidNamespace: ns}
	server := probe.New(probe.Config{
		Version: id.version, Name: id.name, PID: id.pid, PIDNamespace: id.pidNamespace,
		Gate: s.gate, Status: s.statusOf(id, out),
	})
	go func() {
		defer survive(s.log)
		if err := server.Serve(countingListener{l, accepted}); err != nil {
			s.log.Warn("probes are not served any more", "error", err)
		}
	}()
}
