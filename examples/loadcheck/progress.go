package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"drainit/examples/internal/console"
	"drainit/examples/load"
)

// show keeps the progress line going until ctx ends.
func show(ctx context.Context, screen *console.Console, count *tally) {
	defer screen.Show("")
	ticks := time.NewTicker(screen.Interval())
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
			screen.Show(count.line(screen.Elapsed()))
		}
	}
}

// line is the progress line.
func (t *tally) line(elapsed time.Duration) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	line := fmt.Sprintf("%6.1fs  %d sent, %d in flight, %s", elapsed.Seconds(), t.sent, t.sent-t.over, t.outcomes.lostText())
	if t.unsent > 0 {
		line += fmt.Sprintf(", %d not sent", t.unsent)
	}
	if t.last != nil {
		line += fmt.Sprintf("; the last lost was due at %s", seconds(t.last.due.Sub(t.began)))
	}
	return line
}

// lostText says how many were lost, and how.
func (t tolls) lostText() string {
	text := fmt.Sprintf("%d lost", t.lost())
	var kinds []string
	for _, how := range load.Losses {
		if t[how] > 0 {
			kinds = append(kinds, fmt.Sprintf("%s %d", how, t[how]))
		}
	}
	if kinds == nil {
		return text
	}
	return text + " (" + strings.Join(kinds, ", ") + ")"
}

// seconds writes a time of a run.
func seconds(d time.Duration) string { return fmt.Sprintf("%.2fs", d.Seconds()) }
