package pod

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience bounds whatever a test waits for; it is no assertion about time.
const patience = 20 * time.Second

// TestMain also plays a process of another user: ROLE POD-ID UID.
func TestMain(m *testing.M) {
	if len(os.Args) == 4 {
		if play, ok := roles[os.Args[1]]; ok {
			os.Exit(as(os.Args[3], play, os.Args[2]))
		}
	}
	os.Exit(m.Run())
}

// podOf returns an ID that no other test has: all share one network namespace.
func podOf(t *testing.T) string {
	t.Helper()
	name := strings.NewReplacer("/", "-", "#", "-").Replace(t.Name())
	return fmt.Sprintf("%d-%.30s", os.Getpid(), name)
}

// heard are events, in their order.
type heard[E any] struct {
	mu     sync.Mutex
	events []E
}

func (h *heard[E]) tell(e E) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, e)
}

func (h *heard[E]) all() []E {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]E(nil), h.events...)
}

// until waits until an event of which so holds has come.
func (h *heard[E]) until(t *testing.T, what string, so func(E) bool) E {
	t.Helper()
	for limit := time.Now().Add(patience); time.Now().Before(limit); time.Sleep(time.Millisecond) {
		for _, e := range h.all() {
			if so(e) {
				return e
			}
		}
	}
	t.Fatalf("never heard that %s; heard %+v", what, h.all())
	panic("unreachable")
}

// server serves a name until the test ends, or until stop is called, as a
// drainit does that ends: at once, and with all its connections.
func server(t *testing.T, self Self) (s *Server, events *heard[Event], stop func()) {
	t.Helper()
	events = &heard[Event]{}
	ctx, cancel := context.WithCancel(context.Background())
	s = Serve(ctx, self, events.tell)
	stop = func() {
		for _, g := range stopListening(s, cancel) {
			g.conn.Close()
		}
	}
	t.Cleanup(stop)
	return s, events, stop
}

// serving is server, with the name served.
func serving(t *testing.T, self Self) (s *Server, events *heard[Event], stop func()) {
	t.Helper()
	s, events, stop = server(t, self)
	events.until(t, "the name is served", func(e Event) bool { _, ok := e.(Served); return ok })
	return s, events, stop
}

// watching watches a peer until the test ends.
func watching(t *testing.T, self Self, name string, patient bool) *heard[Seen] {
	t.Helper()
	seen := &heard[Seen]{}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		Watch(ctx, self, name, patient, nil, seen.tell)
		close(done)
	}()
	t.Cleanup(func() {
		cancel()
		select {
		case <-done:
		case <-time.After(patience):
			t.Error("Watch did not return when its context was done")
		}
	})
	return seen
}
