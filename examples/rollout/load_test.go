package main

import (
	"context"
	"net"
	"testing"
	"time"
)

// A server that never answers must not slow the load down: that would hide the
// failure. A client that waits for its answer would send one or two here.
func TestLoadIsOpenLoop(t *testing.T) {
	var table routes
	table.add(misbehaving(t, func(*net.TCPConn) {}))
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	var count tally
	load(ctx, 200, time.Second, &table, &count)
	got := count.now()
	if got.sent < 30 || got.sent > 101 {
		t.Errorf("sent %d requests in 0.5s, want about 100", got.sent)
	}
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
