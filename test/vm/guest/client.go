//go:build linux

package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"
)

var noLimit = context.Background()

// get asks on a connection of its own and returns the status, or 0 without an answer, and the body.
func get(url string) (int, string) {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 30 * time.Second}
	answer, err := client.Get(url)
	if err != nil {
		return 0, err.Error()
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err.Error()
	}
	return answer.StatusCode, string(body)
}

// ready waits until /readyz is green.
func (t *trial) ready() {
	t.soon("/readyz is 200", func() bool { status, _ := get(probe + "/readyz"); return status == 200 })
}

// metric returns a metric's value as it is written, or "".
func metric(name string) string {
	_, body := get(probe + "/metrics")
	for line := range strings.Lines(body) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
