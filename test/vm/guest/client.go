//go:build linux

package main

import (
	"context"
	"strings"

	"drainit/test/network"
)

var noLimit = context.Background()

// ready waits until /readyz is green.
func (t *trial) ready() {
	t.soon("/readyz is 200", func() bool { status, _ := network.Get(probe + "/readyz"); return status == 200 })
}

// metric returns a metric's value as it is written, or "".
func metric(name string) string {
	_, body := network.Get(probe + "/metrics")
	for line := range strings.Lines(body) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
