package main

import (
	"context"
	"io"
	"net"
	"testing"
	"time"
)

// silence answers nothing until the client goes. A connection that nobody holds
// is closed by the garbage collector.
func silence(conn *net.TCPConn) { go io.Copy(io.Discard, conn) }

// A server that never answers must not slow the load down: that would hide the
// failure. A client that waits for its answer would have one request in flight
// here. However busy the machine, none begins before its instant.
func TestLoadIsOpenLoop(t *testing.T) {
	const rate, want, limit = 200, 50, 2 * time.Second
	var table routes
	table.add(misbehaving(t, silence))
	ctx, cancel := context.WithTimeout(t.Context(), 10*limit)
	defer cancel()
	var count tally
	over := make(chan struct{})
	began := time.Now()
	go func() {
		defer close(over)
		load(ctx, rate, limit, &table, &count)
	}()
	got := count.now()
	for got.sent-got.lost(timedOut) < want && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
		got = count.now()
	}
	took := time.Since(began)
	cancel()
	<-over
	if inFlight := got.sent - got.lost(timedOut); inFlight < want {
		t.Errorf("%d requests in flight at once, want %d: load must not wait for an answer", inFlight, want)
	}
	if earliest := time.Duration(got.sent-1) * time.Second / rate; took < earliest {
		t.Errorf("sent %d requests in %v, want the last of them after %v", got.sent, took, earliest)
	}
	got = count.now()
	if lost := got.lost(timedOut); lost != got.sent {
		t.Errorf("%d of %d requests timed out, want all: load must wait for the last", lost, got.sent)
	}
}

func TestLoadCountsAnEmptyTable(t *testing.T) {
	var count tally
	request(new(routes), time.Now().Add(time.Second), &count)
	if got := count.now(); len(got.losses) != 1 || got.losses[0].how != other {
		t.Errorf("losses %v, want one of kind %v", got.losses, other)
	}
}

func TestPortsAreBelowTheEphemeralRange(t *testing.T) {
	var free ports
	seen := map[string]bool{}
	for range 100 {
		addr, err := free.take()
		if err != nil {
			t.Fatal(err)
		}
		at, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil || at.Port < firstPort || at.Port >= lastPort || seen[addr] {
			t.Fatalf("address %s, error %v, want a new one from %d to %d", addr, err, firstPort, lastPort)
		}
		seen[addr] = true
	}
}
