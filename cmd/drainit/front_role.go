package main

import (
	"encoding/json"
	"net"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"drainit/internal/drain"
	"drainit/internal/front"
)

const (
	// firstListener is the descriptor of the front's first listener.
	firstListener = 3

	// highestOfFront bounds the search for descriptors that are meant for the
	// program alone: further than drainit's own, since there is time.
	highestOfFront = 1024

	// frontTargetWait bounds how long the first requests wait for a program that
	// does not listen yet.
	frontTargetWait = 10 * time.Second

	// idleLook is how often the front looks whether its last request is over.
	idleLook = 5 * time.Millisecond

	// lastAnswers is how long the front takes at most to answer who is left when
	// the program has gone: less than it is given.
	lastAnswers = 700 * time.Millisecond

	// lastReading is how long it then keeps connections of which the client may
	// not have read the answer: a connection that ends with something unread ends
	// with a reset.
	lastReading = 100 * time.Millisecond
)

// isFront reports whether this process was started as the front of a drainit:
// by that name, and with a socket on descriptor 0 whose other end is its
// parent's (SO_PEERCRED, unix(7)). No program's name is shadowed by that.
func isFront(args []string) bool {
	if args[0] != frontName {
		return false
	}
	kind, err := unix.GetsockoptInt(0, unix.SOL_SOCKET, unix.SO_TYPE)
	if err != nil || kind != unix.SOCK_SEQPACKET {
		return false
	}
	peer, err := unix.GetsockoptUcred(0, unix.SOL_SOCKET, unix.SO_PEERCRED)
	return err == nil && int(peer.Pid) == os.Getppid()
}

// runFront is the front's life. It returns the status to leave with.
func runFront() int {
	ignoreSignals()
	nameThread(frontName)
	socket := os.NewFile(0, "socket")
	conn, err := net.FileConn(socket)
	if err != nil {
		return exitFailed
	}
	var order frontOrder
	buf := make([]byte, messageLimit)
	if order, err = readOrder(conn, buf); err != nil || order.Config == nil {
		return exitFailed
	}
	closeInheritedFrom(firstListener+len(order.Config.Targets), highestOfFront)
	log, out := logOfFront(*order.Config)
	defer out.flush(flushPatience)
	routes, err := routesOfFront(order.Config.Targets)
	if err != nil {
		log.Error("front not started", "error", err)
		return exitFailed
	}
	runtime.UnlockOSThread()
	limitProcs(maxFrontProcs)
	reserveThreads(runtime.GOMAXPROCS(0) + spareThreads)
	s := &frontServer{conn: conn, out: out, front: front.New(front.Config{
		Routes: routes, AppendForwarded: order.Config.Append, WaitTarget: frontTargetWait, Log: log,
	})}
	s.front.Serve()
	s.say(frontWord{Serving: true})
	for {
		order, err := readOrder(conn, buf)
		if err != nil { // the parent has gone: nobody is left to say when to end
			s.front.Close()
			s.front.Cut()
			return 0
		}
		if s.do(order) {
			return 0
		}
	}
}

// readOrder reads one, or the end of file.
func readOrder(conn net.Conn, buf []byte) (order frontOrder, err error) {
	n, err := conn.Read(buf)
	if err == nil && n == 0 {
		err = syscall.EPIPE
	}
	if err == nil {
		err = json.Unmarshal(buf[:n], &order)
	}
	return order, err
}

// frontServer does what the front is told.
type frontServer struct {
	conn  net.Conn
	out   *logWriter
	front *front.Front
	once  sync.Once // closing

	draining bool   // FrontDrain was told
	before   uint64 // requests that had failed by then
}

func (s *frontServer) say(word frontWord) { _, _ = s.conn.Write(encode(word)) }

func (s *frontServer) stats(answer uint64) frontWord {
	stats := s.front.Stats()
	return frontWord{Answer: answer, Stats: &stats, Warned: s.out.warnings.Load()}
}

// do does one thing and reports whether it was the last.
func (s *frontServer) do(order frontOrder) (last bool) {
	switch {
	case order.Ask > 0:
		s.say(s.stats(order.Ask))
	case order.Do == drain.FrontDrain.String():
		s.draining, s.before = true, failed(s.front.Stats())
		s.front.Drain()
	case order.Do == drain.FrontClose.String():
		s.close(func() { s.say(frontWord{Idle: true}) })
	case order.Do == drain.FrontEnd.String():
		s.end()
		return true
	}
	return false
}

// close has nothing new come in, and calls idle once when nothing is in flight
// and nobody is left who could ask.
func (s *frontServer) close(idle func()) {
	s.once.Do(func() {
		go func() {
			s.front.Drain()
			s.front.Close()
			for s.front.Stats().Connections > 0 { // of which each may yet ask, or ends
				time.Sleep(idleLook)
			}
			idle()
		}()
	})
}

// end answers who is left. The program has gone, so what was in flight has
// failed already, or fails now; a client that does not read is not waited for.
func (s *frontServer) end() {
	s.close(func() {})
	s.wait(lastAnswers, func(stats front.Stats) bool { return stats.InFlight+stats.Upgraded == 0 })
	s.wait(lastReading, func(stats front.Stats) bool { return stats.Connections == 0 })
	s.front.Cut()
	word := s.stats(0)
	if s.draining {
		cut := failed(*word.Stats) - s.before
		word.Cut = &cut
	}
	s.say(word)
}

// wait waits until something has come, and no longer than the limit.
func (s *frontServer) wait(limit time.Duration, come func(front.Stats) bool) {
	for until := time.Now().Add(limit); !come(s.front.Stats()) && time.Now().Before(until); {
		time.Sleep(idleLook)
	}
}

// ignoreSignals leaves this process alone with what platforms and terminals send
// to everybody: its parent tells it what to do. Faults stay what they are.
func ignoreSignals() {
	for n := syscall.Signal(1); n <= 64; n++ {
		if !isRuntimes(n) {
			signal.Ignore(n)
		}
	}
	ignore(32)
	ignore(34)
}

// isRuntimes reports whether a signal is a fault, or between the kernel and Go's
// runtime, or cannot be ignored.
func isRuntimes(n syscall.Signal) bool {
	switch n {
	case syscall.SIGKILL, syscall.SIGSTOP, syscall.SIGURG, syscall.SIGCHLD, 32, 33, 34:
		return true
	case syscall.SIGSEGV, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGILL, syscall.SIGTRAP, syscall.SIGSYS, syscall.SIGABRT:
		return true
	}
	return false
}

// nameThread gives the calling thread, the process's first, its name for ps(1).
func nameThread(name string) {
	text := append([]byte(name), 0)
	_ = unix.Prctl(unix.PR_SET_NAME, uintptr(unsafe.Pointer(&text[0])), 0, 0, 0)
}
