package main

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"drainit/examples/load"
)

// sendAll sends requests at a fixed rate until ctx ends, and returns when the
// last of them is over. Each has a connection of its own and is bounded by limit
// from the instant it was due; none is repeated. Where this process could not
// begin one at its instant the delay is counted.
func sendAll(ctx context.Context, rate int, limit time.Duration, table *routes, count *tally) {
	load.Loop{Rate: rate}.Run(ctx, func(due time.Time) {
		count.begin(time.Since(due))
		sendOne(table, due.Add(limit), count)
	}, nil)
}

// sendOne sends one request to the backend whose turn it is.
func sendOne(table *routes, deadline time.Time, count *tally) {
	addr, err := table.pick()
	if err != nil {
		count.end("", "", err)
		return
	}
	request, err := load.NewRequest(http.MethodGet, &url.URL{Scheme: "http", Host: addr, Path: "/"}, nil, nil, false)
	if err != nil {
		count.end(addr, "", err)
		return
	}
	client := load.Client{Address: addr, Request: request}
	answer, err := client.Send(deadline)
	count.end(addr, answer.Header.Get("X-Version"), err)
}
