package peers

import (
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"drainit/internal/conns"
	"drainit/internal/probe"
	"drainit/internal/testkit"
)

// is reports whether a listener is another drainit's.
func (p *Probes) is(l conns.Listener) bool { return p.Among([]conns.Listener{l})[l] }

// A drainit is found by its mark and its answer; who has no mark is not asked,
// and who has only that is not believed.
func TestPeers(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	Mark(l)
	seen := testkit.ListenerAt(t, l.Addr().String())
	var p Probes
	if p.is(seen) {
		t.Error("a drainit that does not answer yet is taken for one")
	}
	server := probe.New(probe.Config{Identity: probe.Identity{Version: "test"}, Gate: probe.NewGate(probe.GateConfig{})})
	go server.Serve(l)
	testkit.Soon(t, "a drainit that answers is one", func() bool { return p.is(seen) })
	server.Close()
	seen.Queue++
	if !p.is(seen) {
		t.Error("it is asked again")
	}
	seen.Inode++
	if p.is(seen) {
		t.Error("another listener on its address is taken for it")
	}
}

func TestStrangersAreNotAsked(t *testing.T) {
	asked := make(chan string, 10)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.Path }))
	defer s.Close()
	stranger := s.Listener.Addr().String()
	var p Probes
	if p.is(testkit.ListenerAt(t, stranger)) || len(asked) > 0 {
		t.Error("a stranger was asked, or believed")
	}
	Mark(s.Listener)
	if p.is(testkit.ListenerAt(t, stranger)) || len(asked) == 0 {
		t.Error("a stranger with the mark was not asked, or believed")
	}
}

// One that hangs is waited for no longer than a signal can bear.
func TestHungPeer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	Mark(l)
	began := time.Now()
	if new(Probes).is(testkit.ListenerAt(t, l.Addr().String())) {
		t.Error("silence is taken for an answer")
	}
	if took := time.Since(began); took < askPeers || took > 20*askPeers {
		t.Errorf("waited for %v, want %v", took, askPeers)
	}
}

// However many hang, they are waited for together; and where there are too many
// nobody is asked.
func TestHungPeers(t *testing.T) {
	var list []conns.Listener
	for range Asked + 1 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		Mark(l)
		list = append(list, testkit.ListenerAt(t, l.Addr().String()))
	}
	for n, want := range map[int]time.Duration{Asked: askPeers, Asked + 1: 0} {
		began := time.Now()
		if peers := new(Probes).Among(list[:n]); len(peers) > 0 {
			t.Errorf("silence is taken for an answer: %v", peers)
		}
		if took := time.Since(began); took < want || took > want+10*askPeers {
			t.Errorf("%d of them: waited for %v, want %v", n, took, want)
		}
	}
}
