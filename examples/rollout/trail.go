package main

import (
	"context"
	"strings"
	"sync"
	"time"
)

// life is what became of one replica. An instant that did not come is zero.
type life struct {
	name, version, addr string
	started             time.Time
	ready               time.Time // first seen so by the platform's probe
	stopRequest         time.Time // T0
	stopSignal          time.Time // the server got SIGTERM: of the platform or, after its hold, of drainit
	killed              time.Time // the platform's SIGKILL
	exited              time.Time
	status              int // once it has exited
}

// trail is a life as it goes.
type trail struct {
	mu sync.Mutex
	life
}

// mark notes now in a field of the life, once.
func (t *trail) mark(field func(*life) *time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if at := field(&t.life); at.IsZero() {
		*at = time.Now()
	}
}

// exit notes the status of a replica that has exited.
func (t *trail) exit(status int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.status = status
}

// now returns the life so far.
func (t *trail) now() life {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.life
}

func started(l *life) *time.Time     { return &l.started }
func ready(l *life) *time.Time       { return &l.ready }
func stopRequest(l *life) *time.Time { return &l.stopRequest }
func stopSignal(l *life) *time.Time  { return &l.stopSignal }
func killed(l *life) *time.Time      { return &l.killed }
func exited(l *life) *time.Time      { return &l.exited }

// watch has probe note when the replica is first ready.
func (t *trail) watch(probe func(context.Context) bool) func(context.Context) bool {
	return func(ctx context.Context) bool {
		healthy := probe(ctx)
		if healthy {
			t.mark(ready)
		}
		return healthy
	}
}

// signalled reports whether a line of drainit's log says that it has passed the
// stop signal on.
func signalled(line string) bool { return strings.Contains(line, `msg="stop signal sent"`) }
