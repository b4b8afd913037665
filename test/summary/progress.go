package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// quiet is how long a run may print nothing before it says how far it is.
const quiet = 10 * time.Second

// progress is a writer that, when nothing was written for a while, says how far the tests are.
type progress struct {
	mu      sync.Mutex
	w       io.Writer
	began   time.Time
	wrote   time.Time
	ended   int    // tests, with subtests
	running string // the test that an event came from last
}

// startProgress wraps w. stop ends the lines.
func startProgress(w io.Writer) (p *progress, stop func()) {
	p = &progress{w: w, began: time.Now(), wrote: time.Now(), running: "compiling"}
	ticker, done := time.NewTicker(time.Second), make(chan struct{})
	go func() {
		for {
			select {
			case <-ticker.C:
				p.tick()
			case <-done:
				return
			}
		}
	}()
	return p, func() { ticker.Stop(); close(done) }
}

func (p *progress) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wrote = time.Now()
	return p.w.Write(text)
}

// see takes an event of a test.
func (p *progress) see(e event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e.Test == "" {
		return
	}
	p.running = shortPath(e.Package) + " " + e.Test
	if e.Action == "pass" || e.Action == "fail" || e.Action == "skip" {
		p.ended++
	}
}

func (p *progress) tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); now.Sub(p.wrote) >= quiet {
		p.wrote = now
		fmt.Fprintf(p.w, "      after %3.0fs  %d tests have ended; %s\n", now.Sub(p.began).Seconds(), p.ended, p.running)
	}
}
