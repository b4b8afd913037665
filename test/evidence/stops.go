package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// mostLoad is how many requests a second are made at a time, of all stops together: what two busy cores can do
	// without lateness.
	mostLoad = 1000
	// mostStops bounds how many stops are played at a time.
	mostStops = 60
	// apartBy is how far stops begin from each other: starting takes more than anything else.
	apartBy = 50 * time.Millisecond
)

// playAll plays stops side by side, as many as the machine can do, and returns their outcomes in the same order.
func playAll(stops []stop) ([]outcome, error) {
	outcomes := make([]outcome, len(stops))
	errs := make([]error, len(stops))
	room := &room{load: mostLoad, stops: mostStops}
	room.changed.L = &room.mu
	var playing sync.WaitGroup
	for i, s := range stops {
		room.enter(s)
		time.Sleep(apartBy)
		playing.Go(func() {
			defer room.leave()
			outcomes[i], errs[i] = s.inNamespace(func() { room.easeOff(s) })
		})
	}
	playing.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return outcomes, nil
}

// inNamespace plays a stop in a network namespace of its own, and says when its load is over.
func (s stop) inNamespace(over func()) (o outcome, err error) {
	var once sync.Once
	defer once.Do(over)
	text, err := json.Marshal(s)
	if err != nil {
		return o, err
	}
	cmd := again(unix.CLONE_NEWNET, []string{stopStage, string(text)})
	out, err := cmd.StdoutPipe()
	if err != nil {
		return o, err
	}
	if err := cmd.Start(); err != nil {
		return o, err
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == loadOver {
			once.Do(over)
			continue
		}
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			fmt.Fprintln(os.Stderr, lines.Text())
		}
	}
	if err := cmd.Wait(); err != nil {
		return o, fmt.Errorf("%s: %w", strings.Join(s.Argv, " "), err)
	}
	return o, nil
}

// room is what the machine can still do.
type room struct {
	mu          sync.Mutex
	changed     sync.Cond
	load, stops int
}

// enter waits until there is room for one more stop.
func (r *room) enter(s stop) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.stops == 0 || r.load < s.load() {
		r.changed.Wait()
	}
	r.stops--
	r.load -= s.load()
}

// easeOff gives back the room for the load of a stop.
func (r *room) easeOff(s stop) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.load += s.load()
	r.changed.Broadcast()
}

func (r *room) leave() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stops++
	r.changed.Broadcast()
}
