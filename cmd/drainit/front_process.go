package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"drainit/internal/front"
)

// frontName is the front's name, as its first argument and as its comm.
const frontName = "drainit-front"

// frontProcess is the second process that serves --front: a crash of it, or its
// end for want of memory, is never PID 1's.
type frontProcess struct {
	pid    int
	routes []route
	inodes []uint64 // of its listening sockets
	link   *frontLink
}

// openFront listens on what --front names and starts the process that serves
// it, before the child starts: what is wrong is known while there is still
// somebody to tell. It returns nil where there is none to start.
//
// It must be called on the thread that forks the child.
func openFront(cfg config) (*frontProcess, error) {
	if len(cfg.Front) == 0 {
		return nil, nil
	}
	listeners, err := listenForFront(cfg.Front)
	if err != nil {
		return nil, err
	}
	f := &frontProcess{routes: cfg.Front}
	for _, l := range listeners {
		f.inodes = append(f.inodes, inodeOf(l))
		defer l.Close() // or the kernel would go on accepting after the front has closed its own
	}
	if err := f.start(cfg, listeners); err != nil {
		return nil, fmt.Errorf("--front: its process cannot be started: %w; it needs what drainit itself needs, a second time", err)
	}
	return f, nil
}

// listenForFront listens on each route's address, all or none.
func listenForFront(routes []route) ([]*net.TCPListener, error) {
	var listeners []*net.TCPListener
	plain := net.ListenConfig{}
	plain.SetMultipathTCP(false)
	for _, one := range routes {
		l, err := plain.Listen(context.Background(), "tcp", one.listen)
		if err != nil {
			for _, l := range listeners {
				l.Close()
			}
			return nil, cannotListen(one, err)
		}
		listeners = append(listeners, l.(*net.TCPListener))
	}
	return listeners, nil
}

func cannotListen(one route, err error) error {
	text := fmt.Sprintf("--front %q: ", one)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s%s is already in use by another program; containers of a pod share their ports: "+
			"stop it, or write another address to listen on (DRAINIT_FRONT)", text, one.listen)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("%s%w; ports below 1024 need CAP_NET_BIND_SERVICE: add it, or write a higher port (DRAINIT_FRONT)", text, err)
	}
	return fmt.Errorf("%s%w; write an address that can be listened on (DRAINIT_FRONT)", text, err)
}

// start forks and executes this program as the front: in a process group of its
// own, with nothing of the environment, and no descriptors but the socket on
// which it is told what to do (0 and 1), standard error and its listeners.
func (f *frontProcess) start(cfg config, listeners []*net.TCPListener) error {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return err
	}
	theirs := os.NewFile(uintptr(pair[1]), "front")
	defer theirs.Close()
	ours := os.NewFile(uintptr(pair[0]), "front")
	defer ours.Close()
	if f.link, err = newFrontLink(ours); err != nil {
		return err
	}
	f.link.tell(frontOrder{Config: configOfFront(cfg)})
	attr := &syscall.ProcAttr{Dir: "/", Files: []uintptr{theirs.Fd(), theirs.Fd(), 2}, Sys: &syscall.SysProcAttr{Setpgid: true}}
	for _, l := range listeners {
		file, err := l.File()
		if err != nil {
			return err
		}
		defer file.Close()
		attr.Files = append(attr.Files, file.Fd())
	}
	argv := append([]string{frontName}, routeTexts(cfg.Front)...)
	f.pid, err = syscall.ForkExec(runningProgram, argv, attr)
	if errors.Is(err, syscall.ENOENT) { // no /proc
		if f.pid, err = syscall.ForkExec(startedFrom(), argv, attr); err != nil {
			err = fmt.Errorf("neither /proc nor %s leads to this program: %w", startedFrom(), err)
		}
	}
	return err
}

func configOfFront(cfg config) *frontConfig {
	c := &frontConfig{Append: cfg.FrontForwarded, LogFormat: cfg.LogFormat, LogLevel: int(cfg.LogLevel)}
	for _, one := range cfg.Front {
		c.Targets = append(c.Targets, one.target)
	}
	return c
}

// startedFrom is the file this program was started from, as far as its name
// tells: execve(2) leaves that to who starts it.
func startedFrom() string {
	if file, err := lookup(os.Args[0], pathOf(os.Environ())); err == nil {
		if whole, err := filepath.Abs(file); err == nil {
			return whole
		}
	}
	return os.Args[0]
}

// logOfFront is where the front logs, and what counts its warnings.
func logOfFront(c frontConfig) (*slog.Logger, *logWriter) {
	prefix := "drainit: "
	if c.LogFormat == "json" {
		prefix = ""
	}
	out := newLogWriter(2, prefix)
	handler := newLogger(out, c.LogFormat, slog.Level(c.LogLevel)).Handler()
	return slog.New(counting{handler, &out.warnings}).With("process", "front"), out
}

// routesOfFront joins the listeners that were inherited with their targets.
func routesOfFront(targets []front.Target) ([]front.Route, error) {
	var routes []front.Route
	for i, target := range targets {
		file := os.NewFile(uintptr(firstListener+i), "listener")
		l, err := net.FileListener(file)
		file.Close()
		if err != nil {
			return nil, err
		}
		routes = append(routes, front.Route{Listener: l, Target: target})
	}
	return routes, nil
}
