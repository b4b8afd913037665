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
	rate   int // a second, of each response time
}

var kinds = []kind{
	{"new", http.MethodGet, false, 10},
	{"GET", http.MethodGet, true, 3},
	{"POST", http.MethodPost, true, 3},
}

// responses are how long answers take. A request asks for its own, so that all are measured in the same rollouts.
var responses = []time.Duration{0, 500 * time.Millisecond, 6 * time.Second}

// counts are what became of the requests of one kind.
type counts struct {
	Sent int            `json:"sent"`
	Lost map[string]int `json:"lost,omitempty"` // by how
}

// add adds other counts of the kind.
func (c *counts) add(other counts) {
	c.Sent += other.Sent
	for how, n := range other.Lost {
		c.lose(how, n)
	}
}

func (c *counts) lose(how string, n int) {
	if c.Lost == nil {
		c.Lost = map[string]int{}
	}
	c.Lost[how] += n
}

// losses are all that got no answer.
func (c counts) losses() int {
	n := 0
	for lost := range maps.Values(c.Lost) {
		n += lost
	}
	return n
}

// tallies are counts by response time and kind.
type tallies [][]counts

func newTallies() tallies {
	t := make(tallies, len(responses))
	for n := range t {
		t[n] = make([]counts, len(kinds))
	}
	return t
}

func (t tallies) add(other tallies) {
	for response := range other {
		for kind, c := range other[response] {
			t[response][kind].add(c)
		}
	}
}

// clients ask a balancer, those of each kind and response time at their own rate, whatever became of the requests before.
type clients struct {
	stop    context.CancelFunc
	running sync.WaitGroup
	mu      sync.Mutex
	tallies tallies
	unsent  int
	late    time.Duration // the most by which a request was sent too late
}

// ask starts them.
func ask(address string) (*clients, error) {
	ctx, cancel := context.WithCancel(context.Background())
	c := &clients{stop: cancel, tallies: newTallies()}
	for r, response := range responses {
		for n, k := range kinds {
			client, err := k.client(address, response)
			if err != nil {
				cancel()
				return nil, err
			}
			c.running.Go(func() {
				defer client.Close()
				loop := load.Loop{Rate: k.rate, InFlight: 1000}
				loop.Run(ctx, func(due time.Time) { c.send(&c.tallies[r][n], client, due) }, c.skip)
			})
		}
	}
	return c, nil
}

// client keeps as many connections as are in use, and a few more, where it keeps any.
func (k kind) client(address string, response time.Duration) (*load.Client, error) {
	target := &url.URL{Scheme: "http", Host: address, Path: "/", RawQuery: "response-time=" + response.String()}
	request, err := load.NewRequest(k.method, target, nil, nil, k.kept)
	client := &load.Client{Address: address, Request: request}
	if k.kept {
		client.Keep = 5 + k.rate*int(response/time.Second+1)
	}
	return client, err
}

func (c *clients) send(to *counts, client *load.Client, due time.Time) {
	late := time.Since(due)
	_, err := client.Send(time.Now().Add(requestLimit))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.late = max(c.late, late)
	to.Sent++
	if err != nil {
		to.lose(how(err), 1)
	}
}

func (c *clients) skip(time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unsent++
}

// how names a loss. Behind a balancer which status it was tells most.
func how(err error) string {
	if status, ok := errors.AsType[load.StatusError](err); ok {
		return strconv.Itoa(int(status))
	}
	return load.Classify(err).String()
}

// end sends no more, waits for the answers, and returns what became of all.
func (c *clients) end() (tallies, error) {
	c.stop()
	c.running.Wait()
	if c.unsent > 0 {
		return nil, fmt.Errorf("%d requests were not sent: too many in flight", c.unsent)
	}
	return c.tallies, nil
}
