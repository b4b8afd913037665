package main

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// maxResponse bounds what a request may ask for.
const maxResponse = time.Minute

// handler answers every path with the version after the response time, or after the time a request asks for itself
// (?response-time=6s), and /healthz at once with the number of requests in flight. The body has a Content-Length, so
// that a client can tell an answer cut short from a whole one.
func handler(version string, response time.Duration) http.Handler {
	body := fmt.Sprintf("hello from %s\n", version)
	var inFlight atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "ok, %d in flight\n", inFlight.Load())
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		inFlight.Add(1)
		defer inFlight.Add(-1)
		wait, err := responseTime(r, response)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		time.Sleep(wait)
		w.Header().Set("X-Version", version)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		io.WriteString(w, body)
	})
	return mux
}

// responseTime is what a request asks for, else usual.
func responseTime(r *http.Request, usual time.Duration) (time.Duration, error) {
	asked := r.URL.Query().Get("response-time")
	if asked == "" {
		return usual, nil
	}
	wait, err := time.ParseDuration(asked)
	if err != nil || wait < 0 || wait > maxResponse {
		return 0, fmt.Errorf("response-time %q: want a duration such as 500ms, at most %v", asked, maxResponse)
	}
	return wait, nil
}
