package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"drainit/examples/load"
)

// requestLimit bounds one request. It is longer than what HAProxy waits for a connection, three times.
const requestLimit = 25 * time.Second

// A kind is one of the ways in which clients ask.
type kind struct {
	name   string
	method string
	kept   bool
	rate   int // a second
}

var kinds = []kind{
	{"new connections", http.MethodGet, false, 20},
	{"kept, GET", http.MethodGet, true, 5},
	{"kept, POST", http.MethodPost, true, 5},
}

// counts are what became of the requests of one kind.
type counts struct {
	sent, unsent int
	lost         map[string]int // by how
}

// add adds other counts of the kind.
func (c *counts) add(other counts) {
	c.sent += other.sent
	c.unsent += other.unsent
	if c.lost == nil {
		c.lost = map[string]int{}
	}
	for how, n := range other.lost {
		c.lost[how] += n
	}
}

// losses are all that got no answer.
func (c counts) losses() int {
	n := 0
	for lost := range maps.Values(c.lost) {
		n += lost
	}
	return n
}

// clients ask a balancer, each kind at its own rate, whatever became of the requests before.
type clients struct {
	stop    context.CancelFunc
	running sync.WaitGroup
	mu      sync.Mutex
	counts  []counts // by kind
}

// ask starts them. response is how long an answer takes, which decides how many connections are kept.
func ask(address string, response time.Duration) (*clients, error) {
	ctx, cancel := context.WithCancel(context.Background())
	c := &clients{stop: cancel, counts: make([]counts, len(kinds))}
	for n, k := range kinds {
		client, err := k.client(address, response)
		if err != nil {
			cancel()
			return nil, err
		}
		c.counts[n].lost = map[string]int{}
		c.running.Go(func() {
			defer client.Close()
			loop := load.Loop{Rate: k.rate, InFlight: 2000}
			loop.Run(ctx, func(time.Time) { c.send(n, client) }, func(time.Time) { c.unsent(n) })
		})
	}
	return c, nil
}

func (k kind) client(address string, response time.Duration) (*load.Client, error) {
	request, err := load.NewRequest(k.method, &url.URL{Scheme: "http", Host: address, Path: "/"}, nil, nil, k.kept)
	client := &load.Client{Address: address, Request: request}
	if k.kept {
		client.Keep = 5 + k.rate*int(response/time.Second+1)
	}
	return client, err
}

func (c *clients) send(kind int, client *load.Client) {
	_, err := client.Send(time.Now().Add(requestLimit))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[kind].sent++
	if err != nil {
		c.counts[kind].lost[how(err)]++
	}
}

func (c *clients) unsent(kind int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[kind].unsent++
}

// how names a loss. Behind a balancer which status it was tells most.
func how(err error) string {
	if status, ok := errors.AsType[load.StatusError](err); ok {
		return strconv.Itoa(int(status))
	}
	return load.Classify(err).String()
}

// end sends no more, waits for the answers, and returns what became of all.
func (c *clients) end() ([]counts, error) {
	c.stop()
	c.running.Wait()
	for n, k := range c.counts {
		if k.unsent > 0 {
			return nil, fmt.Errorf("%d requests of %s were not sent: too many in flight", k.unsent, kinds[n].name)
		}
	}
	return c.counts, nil
}
