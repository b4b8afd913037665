package main

import (
	"context"
	"net"
	"net/http"
	"time"
)

// probeLimit bounds one probe. It is Kubernetes' default timeoutSeconds.
const probeLimit = time.Second

// accepts reports whether somebody takes connections on addr: what a platform
// can know of a server that offers it nothing to ask.
func accepts(addr string) func(context.Context) bool {
	dialer := net.Dialer{Timeout: probeLimit}
	return func(ctx context.Context) bool {
		conn, err := dialer.DialContext(ctx, "tcp", addr)
		if err != nil {
			return false
		}
		conn.Close()
		return true
	}
}

// says200 reports whether url answers 200, over a new connection each time.
func says200(url string) func(context.Context) bool {
	client := &http.Client{Timeout: probeLimit, Transport: &http.Transport{DisableKeepAlives: true}}
	return func(ctx context.Context) bool {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return false
		}
		response, err := client.Do(request)
		if err != nil {
			return false
		}
		response.Body.Close()
		return response.StatusCode == http.StatusOK
	}
}
