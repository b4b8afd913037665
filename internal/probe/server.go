package probe

import (
	"errors"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// The limits of the server. It needs none of this to answer a probe, and it
// shares its memory limit with the program: a connection costs the kernel's part
// and 100 bytes. Where descriptors are few the first four are less, see
// connectionLimits.
const (
	openLimit = 320  // connections that have not asked; at the bound the oldest goes
	idleLimit = 64   // of those, that have not asked a quarter of a second later
	waitLimit = 1280 // that have asked and wait for an answer; who comes then has the last one
	ownLimit  = 128  // of those, places for loopback addresses alone

	headerLimit = 4 << 10         // bytes
	readTime    = 5 * time.Second // from accepting to the end of the request

	// answerLimit bounds the asking of the program for one reply. Above
	// checkLimit, so that a check can say itself that it hangs; below kubelet's
	// usual 1 s.
	answerLimit = 900 * time.Millisecond

	// helpersLimit is how many helpers there may be, the second only where the first
	// has taken longer than helperSlow. helperPlaces is how many connections one of
	// them is given, and helpWait how long one waits for that.
	helpersLimit = 2
	helperSlow   = time.Second
	helperPlaces = 32
	helpWait     = 5 * time.Second

	// freshness is how old an answer may be for those for whom there is no room to
	// wait for the next.
	freshness = time.Second
)

// Config is what a server says and whom it asks.
type Config struct {
	Identity
	Gate *Gate

	// Pass has a helper answer the requests of connections of which nothing has
	// been read. The server closes its descriptors once Pass has returned nil; over
	// is closed when the helper is there no more. An error is the answer that the
	// connections get. It is called by any number of goroutines at once.
	Pass func(conns []int) (over <-chan struct{}, err error)

	// Accepted counts connections. Nil: nobody wants to know.
	Accepted *atomic.Int64
}

// A Server answers GET and HEAD of /readyz, /livez and / on the probe address, and
// leaves all else to a helper, unread. It reads with a parser that knows nothing
// more than that, in one goroutine and without memory of its own for a connection:
// what comes stays in the kernel until it is a whole request. Nothing that happens
// in it ends drainit.
type Server struct {
	cfg  Config
	sent tally
	poll poller

	most limits

	serving atomic.Bool
	ended   chan struct{} // closed when Serve has

	// Of the goroutine of Serve.
	table *table
	began time.Time
	known known
	help  help
	in    in
	out   out
}

// known is what is known of the endpoints.
type known struct {
	ready finding // what /readyz says
	live  finding // what /livez says
	said  [endpointCount]struct {
		verdict Verdict
		reply
	}
	last [endpointCount]reply
	at   [endpointCount]time.Duration
}

// help is the helpers.
type help struct {
	running int
	began   time.Duration // of the last one
}

// in is what comes in.
type in struct {
	listener int           // its descriptor
	paused   time.Duration // nobody is let in before that
	from     unix.RawSockaddrAny
	head     [headLimit]byte
}

// out is what goes out.
type out struct {
	about []byte // the header fields of every answer
	reply []byte
}

// New returns a server.
func New(cfg Config) *Server {
	s := &Server{cfg: cfg, most: connectionLimits(descriptorLimit()), began: time.Now(), ended: make(chan struct{})}
	s.known.ready.init(s, endpointReadyz, waitingReady)
	s.known.live.init(s, endpointLivez, waitingLive)
	s.out.about = cfg.appendFields(nil)
	return s
}

// Sent counts the replies so far, those of helpers included that were [Server.Add]ed.
func (s *Server) Sent() Counts { return s.sent.counts() }

// Add adds replies that a helper has sent.
func (s *Server) Add(c Counts) { s.sent.add(c) }

// Serve answers on l until [Server.Close], then returns nil. Another error is
// that of l or of epoll(7); the program does not depend on it. Serve closes l.
func (s *Server) Serve(l net.Listener) error {
	s.serving.Store(true)
	defer close(s.ended)
	defer l.Close()
	if err := s.open(l); err != nil {
		return err
	}
	defer s.close()
	for {
		closed := s.poll.deliver()
		if closed {
			return nil
		}
		next := s.expire()
		s.startHelper()
		if err := s.step(next); err != nil {
			return err
		}
	}
}

// Close closes the listener and every connection. Checks under way end by
// themselves within 800 ms.
func (s *Server) Close() error {
	s.poll.shut()
	if s.serving.Load() {
		<-s.ended
	}
	return nil
}

// open begins to watch the listener.
func (s *Server) open(l net.Listener) error {
	fd, err := descriptorOf(l)
	if err != nil {
		return err
	}
	s.table, s.in.listener = newTable(s.most), fd
	return s.poll.open(fd)
}

func descriptorOf(l net.Listener) (fd int, err error) {
	conn, ok := l.(syscall.Conn)
	if !ok {
		return 0, errors.New("no listener of the kernel's")
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, err
	}
	return fd, raw.Control(func(f uintptr) { fd = int(f) })
}

// close closes what is left.
func (s *Server) close() {
	for i := range s.table.slots {
		if p := s.table.slots[i].place; p != nowhere && p != handed {
			s.drop(int32(i))
		}
	}
	s.poll.close()
}

func (s *Server) now() time.Duration { return time.Since(s.began) }

// step waits for something to happen, until an instant at the latest, and handles
// it.
func (s *Server) step(until time.Duration) error {
	events, err := s.poll.wait(s.began, until)
	for _, e := range events {
		switch i := e.slot(); {
		case i == listening:
			err = s.accept()
		case s.table.slots[i].place == nowhere || s.table.slots[i].turn != e.turn(): // gone in the meantime
		case s.table.slots[i].place == asking:
			s.read(i)
		case e.isGone():
			s.drop(i)
		}
	}
	return err
}

// read looks at what has come on a connection that has not asked yet.
func (s *Server) read(i int32) {
	slot := &s.table.slots[i]
	n, err := receive(slot.fd, s.in.head[:], unix.MSG_PEEK)
	switch {
	case err == unix.EAGAIN || err == unix.EINTR:
		s.watch(i)
		return
	case err != nil || n == 0:
		s.drop(i)
		return
	}
	h, kind := readHead(s.in.head[:n])
	switch kind {
	case headUnfinished:
		s.watch(i)
	case headGarbage:
		s.answer(i, endpointOther, text(http.StatusBadRequest, "no HTTP/1 request\n"))
	case headOther:
		slot.endpoint = endpointOther
		s.enter(i, waitingHelp)
	case headSimple:
		slot.endpoint, slot.form = h.endpoint, h.form
		s.judge(i, h.length)
	}
}

// watch has epoll tell when there is more.
func (s *Server) watch(i int32) {
	slot := &s.table.slots[i]
	if slot.watched {
		return
	}
	if s.poll.add(slot.fd, i, slot.turn) != nil {
		s.drop(i)
		return
	}
	slot.watched = true
}

// judge answers a request, or has it wait for what has to be found out.
func (s *Server) judge(i int32, length int) {
	e := s.table.slots[i].endpoint
	var v Verdict
	var now bool
	f := &s.known.ready
	switch e {
	case endpointReadyz:
		v, now = s.cfg.Gate.readyNow()
	case endpointLivez:
		v, now = s.cfg.Gate.liveNow()
		f = &s.known.live
	case endpointIndex:
		s.answer(i, e, text(http.StatusOK, index))
		return
	}
	if now {
		s.answer(i, e, s.health(e, v))
		return
	}
	receive(s.table.slots[i].fd, s.in.head[:length], 0)
	s.enter(i, f.place)
	f.begin()
}

// enter has a connection that has asked wait for its answer, if there is room. Who
// finds none has the last answer, if that is fresh.
func (s *Server) enter(i int32, to place) {
	slot := &s.table.slots[i]
	if s.table.mayWait(i) {
		s.watch(i)
		if slot.place != nowhere { // its end, and whether it is given up
			slot.since = s.now()
			s.table.move(i, to)
		}
		return
	}
	e := slot.endpoint
	if s.known.last[e].code != 0 && s.now()-s.known.at[e] <= freshness {
		s.answer(i, e, s.known.last[e])
		return
	}
	s.answer(i, e, text(http.StatusServiceUnavailable, "too many wait for the answer\n"))
}

// health returns the reply for a verdict, the last one where that is the same.
func (s *Server) health(e endpoint, v Verdict) reply {
	if said := &s.known.said[e]; said.code == 0 || !slices.Equal(said.verdict.Checks, v.Checks) {
		said.verdict, said.reply = v, health(e, false, v)
	}
	return s.known.said[e].reply
}

// expire ends what has waited too long, and returns when the next has.
func (s *Server) expire() (next time.Duration) {
	now := s.now()
	for {
		i, due := s.table.overdue(now)
		if i == none {
			next = due
			break
		}
		s.drop(i)
	}
	for i := s.table.first[waitingHelp]; i != none; i = s.table.first[waitingHelp] {
		if due := s.table.slots[i].since + helpWait; now < due {
			next = min(next, due)
			if s.help.running == 1 {
				next = min(next, max(now, s.help.began+helperSlow))
			}
			break
		}
		s.answer(i, endpointOther, text(http.StatusServiceUnavailable, "no process was there in time that answers this\n"))
	}
	if s.in.paused > now {
		return min(next, s.in.paused)
	}
	if s.in.paused != 0 {
		s.in.paused = 0
		s.poll.listen(true)
	}
	return next
}

// answer takes a request and what has followed it out of the kernel, answers it and
// closes. A connection takes a reply of this size at once; what was left unread would
// have its end be a reset that overtakes the reply.
func (s *Server) answer(i int32, e endpoint, re reply) {
	slot := &s.table.slots[i]
	receive(slot.fd, s.in.head[:], 0)
	s.sent.count(e, re.code)
	s.out.reply = appendReply(s.out.reply[:0], re, s.out.about, slot.form)
	unix.Write(slot.fd, s.out.reply) // the asker has gone if this fails
	s.drop(i)
}

// drop closes a connection. A helper may have it still, so that epoll has to be told.
func (s *Server) drop(i int32) {
	s.unwatch(i)
	unix.Close(s.table.slots[i].fd)
	s.table.remove(i)
}

func (s *Server) unwatch(i int32) {
	if slot := &s.table.slots[i]; slot.watched {
		s.poll.remove(slot.fd)
		slot.watched = false
	}
}
