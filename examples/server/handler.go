package main

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// handler answers every path with the version after the response time, and
// /healthz at once with the number of requests in flight. The body has a Content-Length, so that a client can tell an
// answer cut short from a whole one.
func handler(version string, response time.Duration) http.Handler {
	body := fmt.Sprintf("hello from %s\n", version)
	var inFlight atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "ok, %d in flight\n", inFlight.Load())
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		inFlight.Add(1)
		defer inFlight.Add(-1)
		time.Sleep(response)
		w.Header().Set("X-Version", version)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		io.WriteString(w, body)
	})
	return mux
}
