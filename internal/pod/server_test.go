package pod

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestOrdersAreExchanged(t *testing.T) {
	id := podOf(t)
	s, events, _ := serving(t, NewSelf(id, "app", []string{"app", "proxy"}))
	s.Say("starting")
	for _, tt := range []struct {
		order   []string
		differs bool
	}{
		{[]string{"app", "proxy"}, false},
		{[]string{"proxy", "app"}, true},
		{[]string{"app", "cache", "proxy"}, true},
		{nil, false},
	} {
		name := "visitor-" + strings.Join(tt.order, "-")
		a := Ask(t.Context(), NewSelf(id, name, tt.order), []string{"app"}, true)[0]
		if a.Differs != tt.differs || a.State != "starting" || !a.Believed {
			t.Errorf("order %q: got %+v, want differs %t", tt.order, a, tt.differs)
		}
		v := events.until(t, "a visitor came", func(e Event) bool { v, ok := e.(Visited); return ok && v.Name == name }).(Visited)
		if v.Differs != tt.differs || strings.Join(v.Order, ",") != strings.Join(tt.order, ",") {
			t.Errorf("order %q: got %+v, want differs %t", tt.order, v, tt.differs)
		}
	}
}

// Who asks without a greeting is no visitor, and is told all the same.
func TestAskWithoutGreeting(t *testing.T) {
	id := podOf(t)
	s, events, _ := serving(t, NewSelf(id, "app", nil))
	s.Say("ready")
	s.Say("draining")
	if a := Ask(t.Context(), NewSelf(id, "proxy", nil), []string{"app"}, false)[0]; a.State != "draining" {
		t.Errorf("got %+v, want the state of now", a)
	}
	for _, e := range events.all() {
		if _, ok := e.(Visited); ok {
			t.Errorf("got %+v, want no visitor", e)
		}
	}
}

func TestNameHeldTwice(t *testing.T) {
	id := podOf(t)
	first, _, stop := serving(t, NewSelf(id, "app", nil))
	first.Say("ready")
	second, events, _ := server(t, NewSelf(id, "app", nil))
	second.Say("starting")
	h := events.until(t, "the name is held", func(e Event) bool { _, ok := e.(Held); return ok }).(Held)
	if !h.Believed || !h.Known || int(h.UID) != os.Getuid() {
		t.Errorf("got %+v, want the holder's user", h)
	}
	stop()
	events.until(t, "the name is taken over", func(e Event) bool { served, ok := e.(Served); return ok && served.Late })
	if a := Ask(t.Context(), NewSelf(id, "", nil), []string{"app"}, false)[0]; a.State != "starting" {
		t.Errorf("got %+v, want the second", a)
	}
}

// Connections are bounded: at the bound the oldest goes.
func TestTooManyGuests(t *testing.T) {
	id := podOf(t)
	s, _, _ := serving(t, NewSelf(id, "app", nil))
	s.Say("ready")
	var guests []net.Conn
	for range 3 * guestLimit {
		c, err := dial(t.Context(), id, "app")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		send(c, NewSelf(id, "x", nil).hello())
		guests = append(guests, c)
	}
	last := guests[len(guests)-1]
	last.SetDeadline(time.Now().Add(patience))
	if line, err := newLines(last).next(); err != nil || !strings.HasPrefix(line, "drainit ") {
		t.Errorf("the last: %q, %v, want a greeting", line, err)
	}
	s.mu.Lock()
	n := len(s.guests)
	s.mu.Unlock()
	if n != guestLimit {
		t.Errorf("%d guests, want %d", n, guestLimit)
	}
	guests[0].SetDeadline(time.Now().Add(patience))
	if _, err := io.Copy(io.Discard, guests[0]); os.IsTimeout(err) { // reset, where it had not been read
		t.Errorf("the first: %v, want it dismissed", err)
	}
}

// Those that are believed stay where others crowd in.
func TestStrangersDoNotCrowdPeersOut(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("another user: not root")
	}
	id := podOf(t)
	s, _, _ := serving(t, NewSelf(id, "app", nil))
	s.Say("ready")
	seen := watching(t, NewSelf(id, "proxy", nil), "app", false)
	seen.until(t, "it is ready", func(s Seen) bool { return s.State == "ready" })
	s.mu.Lock()
	peer := s.guests[0]
	s.mu.Unlock()
	another(t, "crowd", id, 65534)
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.guests, peer) {
		return
	}
	t.Errorf("the peer was dismissed; %d guests", len(s.guests))
}

// A guest that does not read is dismissed rather than waited for.
func TestGuestThatDoesNotRead(t *testing.T) {
	id := podOf(t)
	s, _, _ := serving(t, NewSelf(id, "app", nil))
	s.Say("ready")
	c, err := dial(t.Context(), id, "app")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	send(c, NewSelf(id, "x", nil).hello())
	if line, err := newLines(c).next(); err != nil { // it has been let in
		t.Fatal(line, err)
	}
	done := make(chan struct{})
	go func() {
		for range 100000 {
			s.Say(strings.Repeat("x", 500))
		}
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatal("Say waits for a guest")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.guests) > 0 {
		t.Errorf("%d guests, want none", len(s.guests))
	}
}

// A guest has three lines to say.
func TestGuestThatTalks(t *testing.T) {
	id := podOf(t)
	serving(t, NewSelf(id, "app", nil))
	for _, says := range []string{
		"GET / HTTP/1.1\r\n\r\n",
		strings.Repeat("x", 1<<20),
		NewSelf(id, "x", nil).hello() + "and more\n",
	} {
		c, err := dial(t.Context(), id, "app")
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(patience))
		fmt.Fprint(c, says)
		if _, err := io.Copy(io.Discard, c); os.IsTimeout(err) {
			t.Errorf("%.20q: still connected", says)
		}
		c.Close()
	}
}

// Nothing is left when the context is done.
func TestServerEnds(t *testing.T) {
	id := podOf(t)
	_, _, stop := serving(t, NewSelf(id, "app", nil))
	stop()
	for limit := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		c, err := dial(context.Background(), id, "app")
		if isRefused(err) {
			return
		}
		if err == nil {
			c.Close()
		}
		if time.Now().After(limit) {
			t.Fatalf("still served: %v", err)
		}
	}
}
