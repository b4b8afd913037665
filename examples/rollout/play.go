package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"drainit/examples/internal/console"
)

// stage is what the rollouts of one run share.
type stage struct {
	binaries  binaries
	isolation isolation
	ports     ports
	console   *console.Console
	verbose   bool // the timeline has what the replicas write
}

// play runs the cells, at most atOnce of them at the same time and the longest
// first, and returns their results in the order of cells. The first error ends
// all of them.
func (s *stage) play(ctx context.Context, cells []cell, atOnce int, journaled bool) ([]result, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	results := make([]result, len(cells))
	board := newBoard(cells, atOnce)

	order := longestFirst(cells)
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(atOnce, len(cells)) {
		workers.Go(func() {
			for i := range next {
				var err error
				if results[i], err = s.rollout(cells[i], &board.tallies[i], journaled).run(ctx); err != nil {
					cancel(fmt.Errorf("%v: %w", cells[i], err))
				}
				board.finish(cells[i])
			}
		})
	}
	reporting, endReport := context.WithCancel(ctx)
	var reporter sync.WaitGroup
	reporter.Go(func() { s.report(reporting, board) })
	for _, i := range order {
		if ctx.Err() == nil {
			next <- i
		}
	}
	close(next)
	workers.Wait()
	endReport()
	reporter.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return results, nil
}

// rollout sets up the rollout of one cell.
func (s *stage) rollout(c cell, count *tally, journaled bool) *rollout {
	r := &rollout{cell: c, binaries: s.binaries, isolation: s.isolation, ports: &s.ports, tally: count}
	if journaled {
		r.journal = journal{console: s.console, lane: c.lane, verbose: s.verbose}
	}
	return r
}

// report keeps the progress line going until ctx ends.
func (s *stage) report(ctx context.Context, b *board) {
	defer s.console.Show("")
	for sleep(ctx, s.console.Interval()) == nil {
		s.console.Show(b.line(s.console.Elapsed()))
	}
}

// longestFirst returns the indexes of cells in that order, so that no long one
// is left to run alone at the end.
func longestFirst(cells []cell) []int {
	order := make([]int, len(cells))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(cells[b].estimate(), cells[a].estimate()) })
	return order
}
