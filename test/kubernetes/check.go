package main

import (
	"context"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// check is a function that finds whether a statement holds on the cluster. It is named after the statement.
type check func(context.Context, *lab) error

func (c check) String() string {
	name := runtime.FuncForPC(reflect.ValueOf(c).Pointer()).Name()
	return name[strings.LastIndex(name, ".")+1:]
}

// checks are those of the statements, each once.
func checks() []check {
	var all []check
	seen := map[string]bool{}
	for _, s := range statements {
		if s.check != nil && !seen[s.check.String()] {
			seen[s.check.String()] = true
			all = append(all, s.check)
		}
	}
	return all
}

// atOnce is how many checks are made at the same time: most of each is waiting.
const atOnce = 4

// check makes those that are wanted, and returns the names of those that failed, twice: what fails beside others is
// tried once more, alone.
func (l *lab) check(ctx context.Context, want func(string) bool) (failed []string) {
	failed = l.some(ctx, want, atOnce)
	if len(failed) == 0 || len(failed) > 5 {
		return failed
	}
	l.say("once more, alone:")
	return l.some(ctx, func(name string) bool { return slices.Contains(failed, name) }, 1)
}

func (l *lab) some(ctx context.Context, want func(string) bool, atOnce int) (failed []string) {
	var mu sync.Mutex
	var all sync.WaitGroup
	free := make(chan struct{}, atOnce)
	for _, c := range checks() {
		if !want(c.String()) || ctx.Err() != nil {
			continue
		}
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			began := time.Now()
			err := c(ctx, l)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed = append(failed, c.String())
				l.say("FAILED %s, after %.0f s: %v", c, time.Since(began).Seconds(), err)
				return
			}
			l.say("holds  %s, %.0f s", c, time.Since(began).Seconds())
		})
	}
	all.Wait()
	return failed
}
