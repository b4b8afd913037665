package main

import (
	"context"
	"encoding/json"
	"io"
	"sync"
	"time"
)

// life is what was seen of a pod, and when.
type life struct {
	marked time.Time // it had a deletion timestamp
	gone   time.Time
	last   object
}

// watch follows the pods of a selector from the moment that it returns.
type watch struct {
	mu   sync.Mutex
	pods map[string]*life
	end  context.CancelFunc
	done chan struct{}
}

func (l *lab) watch(ctx context.Context, selector string) (*watch, error) {
	ctx, cancel := context.WithCancel(ctx)
	cmd := l.command(ctx, "get", "pods", "-l", selector, "--watch", "--output-watch-events", "-o", "json")
	out, err := cmd.StdoutPipe()
	if err != nil {
		cancel()
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		cancel()
		return nil, err
	}
	w := &watch{pods: map[string]*life{}, end: cancel, done: make(chan struct{})}
	go func() {
		defer close(w.done)
		w.read(out)
		_ = cmd.Wait()
	}()
	return w, nil
}

// close ends it.
func (w *watch) close() {
	w.end()
	<-w.done
}

func (w *watch) read(in io.Reader) {
	for events := json.NewDecoder(in); ; {
		var e struct {
			Type   string `json:"type"`
			Object object `json:"object"`
		}
		if events.Decode(&e) != nil {
			return
		}
		w.seen(e.Type, e.Object, time.Now())
	}
}

func (w *watch) seen(event string, pod object, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.pods[pod.name()]
	if p == nil {
		p = &life{}
		w.pods[pod.name()] = p
	}
	p.last = pod
	if p.marked.IsZero() && pod.text("metadata.deletionTimestamp") != "" {
		p.marked = now
	}
	if event == "DELETED" && p.gone.IsZero() {
		p.gone = now
	}
}

// of is what is known of a pod by now.
func (w *watch) of(pod string) life {
	w.mu.Lock()
	defer w.mu.Unlock()
	if p := w.pods[pod]; p != nil {
		return *p
	}
	return life{}
}

// names of the pods that are not marked.
func (w *watch) names() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for name, p := range w.pods {
		if p.marked.IsZero() {
			all = append(all, name)
		}
	}
	return all
}
