package main

import (
	"math"
	"strings"
	"testing"
	"time"
)

// TestBound: of n rollouts the longest is below the quantile that is told in one case of
// twenty, whatever the distribution.
func TestBound(t *testing.T) {
	for n, want := range map[int]float64{1: 0.05, 3: 0.368, 10: 0.741, 59: 0.950} {
		if got := covered(n); math.Abs(got-want) > 0.001 {
			t.Errorf("%d rollouts: got %.3f, want %.3f", n, got, want)
		}
	}
	for share, want := range map[float64]int{0.90: 29, 0.95: 59, 0.99: 299} {
		if got := needed(share); got != want || covered(got) < share || covered(got-1) >= share {
			t.Errorf("%v: got %d, want %d, the first that covers it", share, got, want)
		}
	}
}

// TestLags: what is told of stops by what was seen of them, in seconds after the stop request.
func TestLags(t *testing.T) {
	t0 := time.Unix(1000, 0)
	at := func(seconds float64) time.Time { return t0.Add(time.Duration(seconds * float64(time.Second))) }
	named := stop{name: "a", addr: "x:1", t0: t0, gap: 100 * time.Millisecond}
	for what, tt := range map[string]struct {
		set    func(*stop)
		ignore bool
		want   []string
	}{
		"nothing came":        {func(s *stop) { s.signalled = at(5) }, false, []string{"no request came", "--drain-delay 500ms would"}},
		"answers cease":       {func(s *stop) { s.own, s.signalled = at(2.1), at(5) }, false, []string{"2.10s later (an answer), stop signal after 5.00s", "--drain-delay 2.5s would"}},
		"until the end":       {func(s *stop) { s.own, s.signalled = at(4.5), at(5) }, false, []string{"more may have come", "more than 5s", "--drain-delay 10s there"}},
		"others come":         {func(s *stop) { s.own, s.told, s.counts, s.signalled = at(2), at(3), true, at(5) }, false, []string{"3.00s later (/drain)", "--drain-delay 3.5s would"}},
		"health checks":       {func(s *stop) { s.own, s.told, s.counts, s.signalled = at(2), at(4.9), true, at(5) }, true, []string{"2.00s later (an answer)", "--drain-delay 2.5s would"}},
		"lost after the end":  {func(s *stop) { s.own, s.loss, s.signalled = at(4.9), at(7), at(5) }, false, []string{"7.00s later (a lost request)", "--drain-delay 7.5s would"}},
		"lost up to now":      {func(s *stop) { s.loss, s.over = at(19.5), at(5) }, false, []string{"more than 20s"}},
		"still holding":       {func(s *stop) { s.own = at(19.5) }, false, []string{"more than 20s"}},
		"nobody could see it": {func(s *stop) { s.name, s.gap = "", 0 }, false, []string{"not known: it counts no", "name the instances"}},
	} {
		s := named
		tt.set(&s)
		stops := []lag{s.lag(at(20), tt.ignore)}
		var text strings.Builder
		holdReport{stops: stops, rollouts: rolloutsOf(stops, time.Minute)}.write(&text)
		for _, want := range tt.want {
			if !strings.Contains(text.String(), want) {
				t.Errorf("%s: got %q, want %q in it", what, text.String(), want)
			}
		}
	}
}

// TestRolloutsAreCounted: stops that follow each other closely say no more than one.
func TestRolloutsAreCounted(t *testing.T) {
	var stops []lag
	for _, second := range []int64{0, 20, 40, 200, 500, 520} {
		stops = append(stops, lag{known: true, ended: true, stop: stop{t0: time.Unix(second, 0)}})
	}
	h := holdReport{stops: stops, rollouts: rolloutsOf(stops, time.Minute)}
	if h.counted() != 3 || !h.answered() {
		t.Errorf("got %d rollouts, answered %t, want 3, true", h.counted(), h.answered())
	}
	if got := strings.Join(h.verdict(), "\n"); !strings.Contains(got, "3 rollouts (6 stops)") || !strings.Contains(got, "37 %") || !strings.Contains(got, "1 in 4") || !strings.Contains(got, "29 rollouts would say it of 90 %") {
		t.Errorf("got %q", got)
	}
}
