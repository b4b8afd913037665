package main

import (
	"testing"
	"time"
)

func TestStory(t *testing.T) {
	at := func(ms int, what string) event { return event{time.Duration(ms) * time.Millisecond, what} }
	for _, test := range []struct {
		events     []event
		want, kind string
	}{
		{[]event{at(0, ready), at(1, "got CONT"), at(1, "got TERM"), at(4000, "-- exit7"), at(4001, "program gone"), at(4002, "outer exit 7")},
			"passes TERM, CONT; waits, exit 7", "transparent"},
		{[]event{at(0, ready), at(1, "got TERM"), at(2000, "program gone"), at(2001, "outer killed by TERM")},
			"passes TERM; program killed after 2.0 s; ends after 2.0 s, killed by TERM", "kills"},
		{[]event{at(0, ready), at(1, "outer killed by TERM"), at(4000, "-- exit7"), at(4001, "program gone")}, "ends, killed by TERM", "leaves"},
		{[]event{at(0, ready), at(1, "got HUP"), at(1, "outer exit 0")}, "passes HUP; ends, exit 0", "passes, leaves"},
		{[]event{at(0, ready), at(1, "got INT"), at(4000, "-- exit7"), at(4001, "outer exit 7")}, "passes INT; waits, exit 7", "translates"},
		{[]event{at(0, ready), at(4000, "-- exit7"), at(4001, "program gone"), at(4002, "outer exit 7")}, "waits, exit 7", "deaf"},
		{[]event{at(0, ready), at(4000, "-- exit7"), at(4001, "program gone"), at(4100, "program started again")},
			"goes on; starts the program again", "deaf"},
		{[]event{at(3, "outer exit 0"), at(0, ready), at(4000, "-- exit7"), at(4001, "program gone")}, "had left", "forks"},
	} {
		o := outcome{Started: 1, Events: test.events}
		if got := o.story().String(); got != test.want {
			t.Errorf("%v: got %q, want %q", test.events, got, test.want)
		}
		r := row{outcomes: map[string]outcome{"TERM": o, ends7: {Started: 1}}}
		if got := r.kind(); got != test.kind {
			t.Errorf("%v: kind %q, want %q", test.events, got, test.kind)
		}
	}
}
