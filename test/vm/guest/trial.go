//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// patience bounds the waiting for what is about to happen, in the machine's own time.
const patience = 60 * time.Second

// A story is something that drainit promises, played to the real thing.
type story struct {
	name string
	play func(*trial)
}

// A trial is a story under way.
type trial struct {
	running []*process
}

// A failure ends its trial; absent is what the kernel does not have.
type failure string

const absent failure = "absent"

// about are the stories with a word in their names.
func about(word string, list []story) []story {
	return slices.DeleteFunc(slices.Clone(list), func(s story) bool { return !strings.Contains(s.name, word) })
}

// tell plays stories and says what came of each.
func tell(stories []story) {
	for _, s := range stories {
		began := time.Now()
		if why := s.try(); why == absent {
			fmt.Printf("@absent %s\n", s.name)
		} else if why != "" {
			fmt.Printf("@failed %s\t%s\n", s.name, why)
		} else {
			fmt.Printf("@ok %s\n", s.name)
		}
		fmt.Printf("took %v of the machine's time\n", time.Since(began).Round(time.Second/10))
	}
}

func (s story) try() (why failure) {
	t := &trial{}
	if why = t.attempt(s.play); why != "" && why != absent {
		for _, r := range t.running {
			fmt.Printf("-- %s, standard output:\n%s\n-- standard error:\n%s\n", s.name, &r.stdout, &r.stderr)
		}
	}
	return why
}

// attempt plays, and ends what was started.
func (t *trial) attempt(play func(*trial)) (why failure) {
	defer func() {
		for _, r := range t.running {
			r.end()
		}
		if p := recover(); p != nil {
			var ok bool
			if why, ok = p.(failure); !ok {
				panic(p)
			}
		}
	}()
	play(t)
	return ""
}

// must ends the trial unless something holds.
func (t *trial) must(holds bool, format string, args ...any) {
	if !holds {
		panic(failure(fmt.Sprintf(format, args...)))
	}
}

// may ends the trial on an error.
func (t *trial) may(err error) {
	if err != nil {
		panic(failure(err.Error()))
	}
}

// soon waits until something holds.
func (t *trial) soon(what string, holds func() bool) {
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.must(false, "did not happen: %s", what)
}
