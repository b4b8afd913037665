// Package testkit is what tests of several packages share.
package testkit

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"drainit/internal/conns"
)

// Patience bounds the waiting for what is about to happen, on a machine that is late.
const Patience = 20 * time.Second

// FreeAddr returns a loopback address that nobody listens on.
func FreeAddr(t testing.TB) string {
	t.Helper()
	return net.JoinHostPort("127.0.0.1", FreePort(t))
}

// FreePort returns a port that nobody listens on. It is none of those that the kernel
// gives to clients (ip_local_port_range, from 32768), one of which would have it before
// it is used.
func FreePort(t testing.TB) string {
	t.Helper()
	for range 100 {
		port := strconv.Itoa(20000 + rand.IntN(12000))
		if l, err := net.Listen("tcp", ":"+port); err == nil {
			_ = l.Close()
			return port
		}
	}
	t.Fatal("no port from 20000 to 31999 is free")
	return ""
}

// Soon waits until holds returns true, for [Patience] at most. what is said if it does not.
func Soon(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for until := time.Now().Add(Patience); time.Now().Before(until); time.Sleep(5 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("did not happen: %s", what)
}

// Says fails the test if a document, of which line breaks do not count, lacks one of the texts.
func Says(t testing.TB, file string, texts ...string) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Join(strings.Fields(string(raw)), " ")
	for _, text := range texts {
		if !strings.Contains(words, text) {
			t.Errorf("%s does not say %q", file, text)
		}
	}
}

// ListenerAt returns what the kernel shows of the listener on an address.
func ListenerAt(t testing.TB, addr string) conns.Listener {
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
