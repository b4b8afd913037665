package main

import (
	"fmt"
	"sync"
	"time"
)

// board is how far the rollouts of a run are.
type board struct {
	tallies  []tally // by cell
	atOnce   int
	mu       sync.Mutex
	finished int
	left     time.Duration // estimate of what is not finished, if it were one after the other
}

// newBoard returns a board of cells none of which is finished.
func newBoard(cells []cell, atOnce int) *board {
	b := &board{tallies: make([]tally, len(cells)), atOnce: atOnce}
	for _, c := range cells {
		b.left += c.estimate()
	}
	return b
}

// finish counts the rollout of c as finished.
func (b *board) finish(c cell) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.finished++
	b.left -= c.estimate()
}

// line is the progress line.
func (b *board) line(elapsed time.Duration) string {
	sent, lost := 0, 0
	for i := range b.tallies {
		count := b.tallies[i].now()
		sent += count.sent
		lost += len(count.losses)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	line := fmt.Sprintf("%6.1fs  %d of %d rollouts done; %d requests, %d lost", elapsed.Seconds(), b.finished, len(b.tallies), sent, lost)
	// A short run shows by itself how far it is.
	if left := b.left / time.Duration(b.atOnce); left > time.Minute {
		line += fmt.Sprintf("; about %.0f minutes left", left.Minutes())
	}
	return line
}
