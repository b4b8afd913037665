package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A story is an outcome told: what happened between the steps that matter.
type story struct {
	got    []string // signals of the program's, with the time if it is not at once
	killed time.Duration
	outer  string // how the wrapper ended
	at     time.Duration
	late   bool // it ended after the order
	forked bool // it ended before the first step
	again  bool // the program was started again
	next   bool // something else was run
	stuck  bool // the program could not end
	states []string
}

// atOnce is how long something may take that is said to be at once: supervisord looks at its signals every second.
const atOnce = 1300 * time.Millisecond

func (o outcome) story() story {
	var s story
	isReady, isOrdered := false, false
	for _, e := range o.Events {
		what, object, _ := strings.Cut(e.What, " ")
		switch {
		case e.What == ready:
			isReady = true
		case e.What == unended:
			s.stuck = true
		case strings.HasPrefix(e.What, ordered) && e.What != unstopped:
			isOrdered = true
		case strings.HasPrefix(e.What, "outer is "):
			s.states = append(s.states, strings.TrimPrefix(e.What, "outer is "))
		case what == "outer":
			s.outer, s.at, s.late, s.forked = object, e.After, isOrdered, !isReady
		case e.What == "program gone" && !isOrdered:
			s.killed = max(e.After, 1)
		case e.What == "program started again":
			s.again = true
		case e.What == "next":
			s.next = true
		case what == "got" && isReady:
			s.gets(object, e.After)
		}
	}
	return s
}

// gets adds a signal that the program was sent. The same once more, as from a kill(2) of the process and then of its
// group, is a matter of moments and not told.
func (s *story) gets(name string, after time.Duration) {
	for _, known := range s.got {
		if known == name || strings.HasPrefix(known, name+" ") {
			return
		}
	}
	if after > atOnce {
		name += " at " + seconds(after)
	}
	s.got = append(s.got, name)
	// In which order two come at once is a matter of moments, too.
	slices.SortStableFunc(s.got, func(a, b string) int {
		switch {
		case a == "CONT" && !strings.Contains(b, " at "):
			return 1
		case b == "CONT" && !strings.Contains(a, " at "):
			return -1
		}
		return 0
	})
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

// String tells it in a few words.
func (s story) String() string {
	var said []string
	if len(s.got) > 0 {
		said = append(said, "passes "+strings.Join(s.got, ", "))
	}
	switch {
	case s.killed > atOnce:
		said = append(said, "program killed after "+seconds(s.killed))
	case s.killed > 0:
		said = append(said, "program killed")
	}
	switch {
	case s.outer == "" && s.late:
		said = append(said, "stays")
	case s.outer == "":
		said = append(said, "goes on")
	case s.forked:
		said = append(said, "had left")
	case s.late:
		said = append(said, "waits, "+s.outer)
	case s.at > atOnce:
		said = append(said, "ends after "+seconds(s.at)+", "+s.outer)
	default:
		said = append(said, "ends, "+s.outer)
	}
	return strings.Join(append(said, s.more()...), "; ")
}

// end tells how it ended, where nothing but that is asked.
func (s story) end() string {
	said := []string{s.outer}
	switch {
	case s.outer == "":
		said = []string{"goes on"}
	case s.forked:
		said = []string{"had left"}
	}
	return strings.Join(append(said, s.more()...), "; ")
}

func (s story) more() []string {
	var said []string
	if s.stuck {
		said = append(said, "the program cannot end")
	}
	if s.again {
		said = append(said, "starts the program again")
	}
	if s.next {
		said = append(said, "runs what is next")
	}
	return said
}

// stopping tells what a wrapper does whose child has been stopped and continued.
func (s story) stopping() string {
	switch strings.Join(s.states, "") {
	case "TT":
		return "stops until SIGCONT"
	case "":
		return "-"
	}
	if s.states[0] == "T" {
		return "stops with it"
	}
	return "-"
}
