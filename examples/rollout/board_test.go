package main

import (
	"io"
	"testing"
	"time"
)

func TestProgressLine(t *testing.T) {
	c := cell{lane: bare, rule: byStop, mode: serverIgnores, grace: 50 * time.Second} // takes 150s and 2 times settle
	b := newBoard([]cell{c, c, c}, 2)
	b.tallies[0].begin(0)
	b.tallies[0].begin(0)
	b.tallies[0].end("a", "", io.EOF)
	const want = "  90.0s  0 of 3 rollouts done; 2 requests, 1 lost; about 4 minutes left"
	if got := b.line(90 * time.Second); got != want {
		t.Errorf("line %q, want %q", got, want)
	}
	b.finish(c)
	b.finish(c)
	b.finish(c)
	if got, want := b.line(time.Minute), "  60.0s  3 of 3 rollouts done; 2 requests, 1 lost"; got != want {
		t.Errorf("line %q, want %q", got, want)
	}
}
