package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"drainit/internal/conns"
	"drainit/internal/probe"
)

// listenerAt returns what the kernel shows of the listener on an address.
func listenerAt(t *testing.T, addr string) conns.Listener {
	t.Helper()
	list, err := conns.Listeners()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range list {
		if l.Addr == netip.MustParseAddrPort(addr) {
			return l
		}
	}
	t.Fatalf("nobody listens on %s: %v", addr, list)
	return conns.Listener{}
}

// A drainit is found by its mark and its answer; who has no mark is not asked,
// and who has only that is not believed.
func TestPeers(t *testing.T) {
	l, err := bind(config{ProbeAddr: "127.0.0.1:0"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := listenerAt(t, l.Addr().String())
	var p peerProbes
	if p.is(seen) {
		t.Error("a drainit that does not answer yet is taken for one")
	}
	server := probe.New(probe.Config{Version: "test", Gate: probe.NewGate(probe.GateConfig{})})
	go server.Serve(l)
	wantSoon(t, "a drainit that answers is one", func() bool { return p.is(seen) })
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
	var p peerProbes
	if p.is(listenerAt(t, stranger)) || len(asked) > 0 {
		t.Error("a stranger was asked, or believed")
	}
	markAsDrainits(s.Listener)
	if p.is(listenerAt(t, stranger)) || len(asked) == 0 {
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
	markAsDrainits(l)
	began := time.Now()
	if new(peerProbes).is(listenerAt(t, l.Addr().String())) {
		t.Error("silence is taken for an answer")
	}
	if took := time.Since(began); took < askPeer || took > 20*askPeer {
		t.Errorf("waited for %v, want %v", took, askPeer)
	}
}
