package main

import (
	"errors"
	"slices"
	"sync"
	"time"
)

// errNoBackend is a table that has run empty. In a rolling restart that brings
// the new replica in before the old one goes, it never does.
var errNoBackend = errors.New("no backend in the routes")

// routes is the balancer: the table of backends that a new connection is sent
// to. It is consulted once for each connection and is not in its path, as with
// kube-proxy, which rewrites the address in the kernel and leaves the two ends
// to themselves. So what a client sees is what the replica did: refused, reset,
// cut or late, with no proxy to translate one into another or to try again.
type routes struct {
	mu       sync.Mutex
	backends []string
	turn     int
	log      []change
}

// change is a backend that came into the table or left it.
type change struct {
	addr string
	at   time.Time
	in   bool
}

// pick returns the address for the next new connection, by turns.
func (r *routes) pick() (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.backends) == 0 {
		return "", errNoBackend
	}
	r.turn++
	return r.backends[r.turn%len(r.backends)], nil
}

// add puts addr into the table, once.
func (r *routes) add(addr string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.backends, addr) {
		r.backends = append(r.backends, addr)
		r.log = append(r.log, change{addr, time.Now(), true})
	}
}

// remove takes addr out of the table.
func (r *routes) remove(addr string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at := slices.Index(r.backends, addr); at >= 0 {
		r.backends = slices.Delete(r.backends, at, at+1)
		r.log = append(r.log, change{addr, time.Now(), false})
	}
}

// changes returns the changes so far, in their order.
func (r *routes) changes() []change {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.log)
}
