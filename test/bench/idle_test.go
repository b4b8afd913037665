package main

import (
	"os"
	"testing"
)

func TestIdleCostOfOneself(t *testing.T) {
	got, err := costOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if got.rss <= got.anonymous || got.anonymous <= 0 || got.threads <= 0 || got.wakes <= 0 {
		t.Errorf("got %+v, want all above 0 and more resident than anonymous", got)
	}
}

func TestField(t *testing.T) {
	const text = "Rss:                1216 kB\nPss_Anon:  7 kB\nAnonymous:            96 kB\n" +
		"voluntary_ctxt_switches:\t60\nnonvoluntary_ctxt_switches:\t3\n"
	for name, want := range map[string]int{"Rss": 1216, "Anonymous": 96, "voluntary_ctxt_switches": 60, "Absent": 0} {
		if got := field(text, name); got != want {
			t.Errorf("%s: got %d, want %d", name, got, want)
		}
	}
}
