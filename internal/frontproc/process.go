// Package frontproc is the process of --front, at both of its ends: PID 1 starts it and
// tells it what to do, and it serves internal/front.
package frontproc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"drainit/internal/config"
	"drainit/internal/drain"
	"drainit/internal/front"
	"drainit/internal/logging"
	"drainit/internal/process"
)

// Name is the front's name, as its first argument and as its comm.
const Name = "drainit-front"

// Process is the second process that serves --front: a crash of it, or its
// end for want of memory, is never PID 1's.
type Process struct {
	pid    int
	routes []config.Route
	inodes []uint64 // of its listening sockets
	link   *link

	listened atomic.Bool // the program was seen where it is expected
}

// ProcessID is the front's PID, 0 where there is none.
func (f *Process) ProcessID() int {
	if f == nil {
		return 0
	}
	return f.pid
}

// Open listens on what --front names and starts the process that serves
// it, before the child starts: what is wrong is known while there is still
// somebody to tell. It returns nil where there is none to start.
//
// It must be called on the thread that forks the child.
func Open(cfg config.Config) (*Process, error) {
	if len(cfg.Front) == 0 {
		return nil, nil
	}
	listeners, err := listenForFront(cfg.Front)
	if err != nil {
		return nil, err
	}
	f := &Process{routes: cfg.Front}
	for _, l := range listeners {
		f.inodes = append(f.inodes, process.InodeOf(l))
		defer l.Close() // or the kernel would go on accepting after the front has closed its own
	}
	if err := f.start(cfg, listeners); err != nil {
		return nil, fmt.Errorf("--front: its process cannot be started: %w; it needs what drainit itself needs, a second time", err)
	}
	return f, nil
}

// listenForFront listens on each route's address, all or none.
func listenForFront(routes []config.Route) ([]*net.TCPListener, error) {
	var listeners []*net.TCPListener
	plain := net.ListenConfig{}
	plain.SetMultipathTCP(false)
	for _, one := range routes {
		l, err := plain.Listen(context.Background(), "tcp", one.Listen)
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

func cannotListen(one config.Route, err error) error {
	text := fmt.Sprintf("--front %q: ", one)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s%s is already in use by another program; containers of a pod share their ports: "+
			"stop it, or write another address to listen on (DRAINIT_FRONT)", text, one.Listen)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("%s%w; ports below 1024 need CAP_NET_BIND_SERVICE: add it, or write a higher port (DRAINIT_FRONT)", text, err)
	}
	return fmt.Errorf("%s%w; write an address that can be listened on (DRAINIT_FRONT)", text, err)
}

// start forks and executes this program as the front: in a process group of its
// own, with nothing of the environment, and no descriptors but the socket on
// which it is told what to do (0 and 1), standard error and its listeners.
func (f *Process) start(cfg config.Config, listeners []*net.TCPListener) error {
	ours, theirs, err := process.SocketPair("front")
	if err != nil {
		return err
	}
	defer theirs.Close()
	defer ours.Close()
	if f.link, err = newLink(ours); err != nil {
		return err
	}
	f.link.tell(order{Config: configOfFront(cfg)})
	attr := &syscall.ProcAttr{Dir: "/", Files: []uintptr{theirs.Fd(), theirs.Fd(), 2}, Sys: &syscall.SysProcAttr{Setpgid: true}}
	for _, l := range listeners {
		file, err := l.File()
		if err != nil {
			return err
		}
		defer file.Close()
		attr.Files = append(attr.Files, file.Fd())
	}
	argv := append([]string{Name}, config.RouteTexts(cfg.Front)...)
	f.pid, err = process.ForkSelf(argv, attr)
	return err
}

func configOfFront(cfg config.Config) *settings {
	c := &settings{Append: cfg.FrontForwarded, Streams: cfg.Plan.LongLived.Given, LogFormat: cfg.LogFormat, LogLevel: int(cfg.LogLevel)}
	for _, one := range cfg.Front {
		c.Targets = append(c.Targets, one.Target)
	}
	return c
}

// logOfFront is where the front logs, and what counts its warnings.
func logOfFront(c settings) (*slog.Logger, *logging.Writer) {
	log, out := logging.Open(c.LogFormat, slog.Level(c.LogLevel))
	return log.With("process", "front"), out
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

// Front is what the supervisor has to do with the front's process: the seam
// at which a test can say what that one does.
type Front struct {
	PID  int             // 0: there is none
	Idle <-chan struct{} // nothing is in flight any more
	Tell func(drain.FrontDeed) bool

	Leave func(within time.Duration) bool // of long-lived connections

	Cut func() drain.Cut // once its process has gone
}

// None is where there is no front.
func None() Front {
	return Front{
		Tell:  func(drain.FrontDeed) bool { return false },
		Leave: func(time.Duration) bool { return false },
		Cut:   func() drain.Cut { return drain.Cut{} },
	}
}

// Fronting returns the seam to the process, which may be none.
func (f *Process) Fronting() Front {
	if f == nil {
		return None()
	}
	return Front{
		PID:   f.pid,
		Idle:  f.link.idle,
		Tell:  func(d drain.FrontDeed) bool { return f.link.tell(order{Do: d.String()}) },
		Leave: func(within time.Duration) bool { return f.link.tell(order{Leave: &within}) },
		Cut:   f.link.lastCut,
	}
}
