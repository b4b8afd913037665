package main

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// serveBackend is what proxies forward to: /sleep/N takes N s. It is no part of what is measured.
func serveBackend() error {
	l, err := net.Listen("tcp", "127.0.0.1:9000")
	if err != nil {
		return err
	}
	go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/sleep/")); err == nil {
			time.Sleep(time.Duration(n) * time.Second)
		}
		w.Header().Set("Content-Length", "3")
		_, _ = w.Write([]byte("ok\n"))
	}))
	return nil
}
