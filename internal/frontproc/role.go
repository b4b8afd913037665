package frontproc

import (
	"encoding/json"
	"net"
	"runtime"
	"sync"
	"syscall"
	"time"

	"drainit/internal/drain"
	"drainit/internal/front"
	"drainit/internal/logging"
	"drainit/internal/process"
)

const (
	// firstListener is the descriptor of the front's first listener.
	firstListener = 3

	// highestOfFront bounds the search for descriptors that are meant for the
	// program alone: further than drainit's own, since there is time.
	highestOfFront = 1024

	// targetWait bounds how long the first requests wait for a program that
	// does not listen yet.
	targetWait = 10 * time.Second

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

// procs is on how many processors the front runs at once, of so many: half, since the
// program behind it wants them as well. With more its threads wait for each other's
// turns: on two processors a request waited 42 µs for one, and with one thread 18.
func procs(all int) int { return min(process.MaxFrontProcs, max(1, all/2)) }

// Run is the front's life. It returns the status to leave with.
func Run() int {
	process.IgnoreSignals()
	process.NameThread(Name)
	conn, err := process.Parent()
	if err != nil {
		return process.ExitFailed
	}
	var order order
	buf := make([]byte, messageLimit)
	if order, err = readOrder(conn, buf); err != nil || order.Config == nil {
		return process.ExitFailed
	}
	process.CloseInheritedFrom(firstListener+len(order.Config.Targets), highestOfFront)
	log, out := logOfFront(*order.Config)
	defer out.Flush(logging.FlushPatience)
	routes, err := routesOfFront(order.Config.Targets)
	if err != nil {
		log.Error("front not started", "error", err)
		return process.ExitFailed
	}
	runtime.UnlockOSThread()
	process.LimitProcs(procs(runtime.GOMAXPROCS(0)))
	process.ReserveThreads(runtime.GOMAXPROCS(0) + process.SpareThreads)
	s := &server{conn: conn, out: out, front: front.New(front.Config{
		Routes: routes, AppendForwarded: order.Config.Append, LeaveStreams: order.Config.Streams, WaitTarget: targetWait, Log: log,
	})}
	s.front.Serve()
	s.say(word{Serving: true})
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
func readOrder(conn net.Conn, buf []byte) (order order, err error) {
	n, err := conn.Read(buf)
	if err == nil && n == 0 {
		err = syscall.EPIPE
	}
	if err == nil {
		err = json.Unmarshal(buf[:n], &order)
	}
	return order, err
}

// server does what the front is told.
type server struct {
	conn  net.Conn
	out   *logging.Writer
	front *front.Front
	once  sync.Once // closing

	draining bool   // FrontDrain was told
	before   uint64 // requests that had failed by then
}

func (s *server) say(word word) { _, _ = s.conn.Write(process.Encode(word)) }

func (s *server) stats(answer uint64) word {
	stats := s.front.Stats()
	return word{Answer: answer, Stats: &stats, Warned: s.out.Warnings.Counts()}
}

// do does one thing and reports whether it was the last.
func (s *server) do(order order) (last bool) {
	switch {
	case order.Ask > 0:
		s.say(s.stats(order.Ask))
	case order.Leave != nil:
		s.front.Leave(*order.Leave)
	case order.Do == drain.FrontDrain.String():
		s.draining, s.before = true, failed(s.front.Stats())
		s.front.Drain()
	case order.Do == drain.FrontClose.String():
		s.close(func() { s.say(word{Idle: true}) })
	case order.Do == drain.FrontEnd.String():
		s.end()
		return true
	}
	return false
}

// close has nothing new come in, and calls idle once when nothing is in flight
// and nobody is left who could ask.
func (s *server) close(idle func()) {
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
func (s *server) end() {
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
func (s *server) wait(limit time.Duration, come func(front.Stats) bool) {
	for until := time.Now().Add(limit); !come(s.front.Stats()) && time.Now().Before(until); {
		time.Sleep(idleLook)
	}
}
