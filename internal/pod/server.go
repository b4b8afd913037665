package pod

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// guestLimit is how many connections a server has at most. Where one more
	// comes the oldest goes that is not believed, else the newcomer if it is
	// not, else the oldest.
	guestLimit = 64

	// helloLimit is how long a guest may take to say who it is.
	helloLimit = 5 * time.Second

	// crowded is the pause after a connection over the limit.
	crowded = time.Millisecond
)

// A Server serves a drainit's name to its peers.
type Server struct {
	self Self
	tell func(Event)
	done chan struct{} // closed when nobody is admitted any more

	mu     sync.Mutex
	state  string // the last line about it, with its end; "" before the first
	exit   string // the same
	guests []*guest
}

// guest is somebody who has connected.
type guest struct {
	conn     *net.UnixConn
	believed bool
}

// Serve serves self.Name, in the background, until ctx is done. Where another
// holds the name it is taken over when that one goes. tell is called by one
// goroutine or another, and may block.
func Serve(ctx context.Context, self Self, tell func(Event)) *Server {
	s := &Server{self: self, tell: tell, done: make(chan struct{})}
	go s.run(ctx)
	return s
}

// Say tells all peers, now and when they connect later, what this drainit does.
// It never waits: a peer that does not read loses its connection.
func (s *Server) Say(state string) { s.say(&s.state, keyState+" "+state+"\n") }

// SayExit tells with what status this drainit leaves. That it is gone its
// connections tell, by their end.
func (s *Server) SayExit(status int) { s.say(&s.exit, keyExit+" "+strconv.Itoa(status)+"\n") }

func (s *Server) say(last *string, line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*last = line
	for _, g := range slices.Clone(s.guests) {
		if !send(g.conn, line) {
			s.dismiss(g)
		}
	}
}

func (s *Server) run(ctx context.Context) {
	defer close(s.done)
	defer survive(func(err error) { s.tell(NotServed{err}) })
	l, err := s.claim(ctx)
	if err != nil {
		s.tell(NotServed{err})
	}
	if l == nil {
		return
	}
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	defer l.Close()
	var retry backOff
	for {
		c, err := l.AcceptUnix()
		switch {
		case err == nil:
			retry = 0
			s.admit(c)
		case ctx.Err() != nil:
			return
		default: // no descriptor left, for a while
			if !retry.wait(ctx, nil) {
				return
			}
		}
	}
}

// claim takes the name, however long that takes. Without a listener and an
// error ctx is done.
func (s *Server) claim(ctx context.Context) (*net.UnixListener, error) {
	var pauses backOff
	late := false
	for {
		l, err := net.ListenUnix("unix", &net.UnixAddr{Net: "unix", Name: address(s.self.PodID, s.self.Name)})
		if err == nil {
			s.tell(Served{late})
			return l, nil
		}
		if !errors.Is(err, unix.EADDRINUSE) {
			return nil, err
		}
		s.outlast(ctx, &late)
		if !pauses.wait(ctx, nil) {
			return nil, nil
		}
	}
}

// outlast waits until the one that holds the name has gone, or may have.
func (s *Server) outlast(ctx context.Context, told *bool) {
	c, err := dial(ctx, s.self.PodID, s.self.Name)
	if err != nil {
		return
	}
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	defer c.Close()
	if !*told {
		*told = true
		uid, known := uidOf(c)
		s.tell(Held{uid, known, believed(uid, known)})
	}
	_ = read(c, func(*said) bool { return true })
}

// admit takes in a guest, and tells it what there is to tell. Where there is a
// crowd it takes its time, but keeps nobody else waiting.
func (s *Server) admit(c *net.UnixConn) {
	if g := (&guest{c, believed(uidOf(c))}); s.seat(g) {
		time.Sleep(crowded)
	}
}

// seat makes room for a guest if it has to, and reports whether it had.
func (s *Server) seat(g *guest) (full bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if full = len(s.guests) >= guestLimit; full {
		i := max(0, slices.IndexFunc(s.guests, func(g *guest) bool { return !g.believed }))
		if s.guests[i].believed && !g.believed {
			g.conn.Close()
			return full
		}
		s.dismiss(s.guests[i])
	}
	if !send(g.conn, s.self.hello()+s.state+s.exit) {
		g.conn.Close()
		return full
	}
	s.guests = append(s.guests, g)
	go s.listen(g)
	return full
}

// dismiss ends a connection. The lock is held.
func (s *Server) dismiss(g *guest) {
	g.conn.Close()
	s.guests = slices.DeleteFunc(s.guests, func(other *guest) bool { return other == g })
}

// listen takes in who the guest is, then waits for its end.
func (s *Server) listen(g *guest) {
	defer survive(func(error) { g.conn.Close() })
	_ = g.conn.SetReadDeadline(time.Now().Add(helloLimit))
	_ = read(g.conn, func(who *said) bool {
		if who.lines == helloLines {
			_ = g.conn.SetReadDeadline(time.Time{})
			if g.believed {
				s.tell(Visited{who.name, who.order, differs(s.self.Order, who.order)})
			}
		}
		return who.lines <= helloLines // it has nothing else to say
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dismiss(g)
}
