package main

import (
	"net"
	"testing"
)

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
