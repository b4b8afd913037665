package main

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// all is a report in which everything was measured, with drainit twice the reference in all.
func all() *report {
	tini, own := contender{"tini", "/absent/tini"}, contender{"drainit", "/absent/drainit"}
	inits := []contender{tini, own}
	return &report{
		bench: &bench{inits: inits, rounds: blocks, idle: time.Minute, orphans: 10 * blocks},
		sizes: map[contender]size{tini: {1, 2048, 2048, true}, own: {3, 6144, 6144, true}},
		lives: turnsOf(func(d time.Duration) life { return life{start: d, exit: 2 * d} }),
		signals: turnsOf(func(d time.Duration) signalled {
			return signalled{handled: d / 100, stopped: d}
		}),
		reaps:    turnsOf(func(d time.Duration) reaping { return reaping{cpu: d / 20, wall: d} }),
		packages: time.Millisecond,
		idles:    map[contender]idleCost{tini: {5, 6, 1, 60}, own: {7, 8, 6, 0}},
		charges: &charges{
			cgroups: memoryCgroups{v2: true},
			idle:    map[contender]charge{tini: {100, 0, 80}, own: {1500, 4, 496}},
			scraped: []scrapedCharge{{"/metrics", 1000, charge{4000, 0, 500}}},
		},
		rollouts: []rollout{{"no init", "100", "10", "1.5"}, {"drainit", "200", "0", "3.5"}},
	}
}

// turnsOf has none take 1 ms, tini 2 and drainit 4, so that over none drainit is three times tini.
func turnsOf[T any](of func(time.Duration) T) map[contender][]T {
	turns := map[contender][]T{}
	for c, d := range map[contender]time.Duration{
		none: time.Millisecond, {"tini", "/absent/tini"}: 2 * time.Millisecond, {"drainit", "/absent/drainit"}: 4 * time.Millisecond,
	} {
		for range blocks {
			turns[c] = append(turns[c], of(d))
		}
	}
	return turns
}

func TestTables(t *testing.T) {
	r := all()
	delete(r.reaps, none) // an init is needed to reap
	var got []string
	for line := range strings.Lines(r.markdown()) {
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "|  |") && !strings.HasPrefix(line, "| ---") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	want := []string{
		"| size, bytes | 1 | 3 |",
		"| layer, bytes | 2048 | 6144 |",
		"| layer with its libraries, bytes | 2048 | 6144 |",
		"| static: starts in `FROM scratch` | yes | yes |",
		"| start-up | 1, 1000 µs | 3.00 (3.00 to 3.00), 3000 µs |",
		"| exit | 1, 2000 µs | 3.00 (3.00 to 3.00), 6000 µs |",
		"| SIGUSR1 forwarded | 1, 10 µs | 3.00 (3.00 to 3.00), 30 µs |",
		"| stop | 1, 1000 µs | 3.00 (3.00 to 3.00), 3000 µs |",
		"| CPU of the init | 1, 10 µs | 2.00 (2.00 to 2.00), 20 µs |",
		"| wall | 1, 200 µs | 2.00 (2.00 to 2.00), 400 µs |",
		"| resident, KiB | 5 | 7 |",
		"| of it anonymous, KiB | 6 | 8 |",
		"| threads | 1 | 6 |",
		"| wake-ups in 1m0s | 60 | 0 |",
		"| at idle, KiB | 180 | 2000 |",
		"| of it anonymous, KiB | 100 | 1500 |",
		"| of it the kernel's, KiB | 80 | 496 |",
		"| after 1000 of `/metrics`, KiB | – | 4500 |",
		"| lost, of requests | 10 of 100 | 0 of 200 |",
		"| seconds | 1.5 | 3.5 |",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestProseIsNotTooLong(t *testing.T) {
	for line := range strings.Lines(all().markdown()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > proseWidth && !strings.HasPrefix(line, "|") {
			t.Errorf("got a line of %d characters, want %d at most: %s", n, proseWidth, line)
		}
	}
}

// What was not measured has no section and is nowhere said to be behind.
func TestNothingMeasured(t *testing.T) {
	r := &report{bench: all().bench}
	if got := r.sections(); len(got) > 0 {
		t.Errorf("got %d sections, want none: %+v", len(got), got)
	}
	r.charges = &charges{missing: "no memory cgroup can be made here"}
	if got := r.markdown(); !strings.Contains(got, "Not measured: no memory cgroup can be made here.") {
		t.Errorf("got no word of why there are no charges in\n%s", got)
	}
}

func TestBehind(t *testing.T) {
	got := strings.Join(all().behind().how, "\n")
	for _, want := range []string{
		"Image: 4 KiB more", "3.0 times", "Start-up: 2000 µs more", "1000 µs are for the exec", "1000 µs to initialise",
		"1000 µs for all else", "Exit: 4000 µs more; a stop: 2000 µs more", "A signal forwarded: 20 µs more",
		"Orphans: 10 µs more", "Memory: 1.8 MiB more", "1.4 MiB anonymous", "416 KiB the", "up to 4.4 MiB", "Threads: 6 to 1",
		"A rollout takes 3.5 s to 1.5 s",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got no %q in\n%s", want, got)
		}
	}
	level := all()
	level.inits = []contender{level.inits[1], level.inits[1]}
	if got := level.behind().how; len(got) != 1 { // the rollout is against no init
		t.Errorf("drainit against itself is behind: %q", got)
	}
}

func TestWrap(t *testing.T) {
	word := strings.Repeat("x", 59)
	got := wrap("- ", word+"\n\t\t"+word[:58]+" é "+word)
	want := "- " + word + " " + word[:58] + "\n  é " + word + "\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestMicros(t *testing.T) {
	for d, want := range map[time.Duration]string{3140: "3.1 µs", 9949: "9.9 µs", 10900: "10 µs", 4 * time.Millisecond: "4000 µs"} {
		if got := micros(d); got != want {
			t.Errorf("%d ns: got %s, want %s", d, got, want)
		}
	}
}
