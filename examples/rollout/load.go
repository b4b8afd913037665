package main

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"drainit/examples/load"
)

// keptConnections is how many connections the clients of [cell.keep] keep: more
// than there are requests at a time, so that none is idle for long.
const keptConnections = 150

// sendAll sends requests at a fixed rate until ctx ends, and returns when the
// last of them is over. Each is bounded by limit from the instant it was due; none
// is repeated. A new connection goes where the routes lead by then, and is used
// once, unless kept: then requests are POSTs, and a connection is used until it
// ends, as those of most clients. Where this process could not begin a request at
// its instant the delay is counted.
func sendAll(ctx context.Context, rate int, limit time.Duration, kept bool, table *routes, count *tally) {
	send, done := sender(kept, table, count)
	load.Loop{Rate: rate}.Run(ctx, func(due time.Time) {
		count.begin(time.Since(due))
		send(due.Add(limit))
	}, nil)
	done()
}

// sender returns what sends one request, and what is to be called at the end.
func sender(kept bool, table *routes, count *tally) (send func(deadline time.Time), done func()) {
	method, body := http.MethodGet, []byte(nil)
	client := &load.Client{Pick: table.pick}
	if kept {
		method, body, client.Keep = http.MethodPost, []byte("a body"), keptConnections
	}
	var err error
	client.Request, err = load.NewRequest(method, &url.URL{Scheme: "http", Host: "rollout", Path: "/"}, nil, body, kept)
	return func(deadline time.Time) {
		if err != nil {
			count.end("", "", err)
			return
		}
		answer, err := client.Send(deadline)
		count.end(answer.From, answer.Header.Get("X-Version"), err)
	}, client.Close
}
