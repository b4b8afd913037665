package main

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test binary is its own last stage before an init, as the bench is.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == stageArg {
		fail(stage(os.Args[2:]))
	}
	os.Exit(m.Run())
}

// The child alone as PID 1: every stamp is there, in order, and the exit is seen.
func TestTurn(t *testing.T) {
	child, err := buildChild(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	got, err := takeTurn(none, child)
	if errors.Is(err, syscall.EPERM) {
		t.Skip("needs root for namespaces:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got.start <= 0 || got.exit <= 0 {
		t.Errorf("got start %v and exit %v, want both above 0", got.start, got.exit)
	}
}

// An init that cannot start its child must not be measured as a fast one.
func TestTurnOfABrokenInit(t *testing.T) {
	got, err := takeTurn(contender{"broken", "/bin/true"}, "/absent")
	if errors.Is(err, syscall.EPERM) {
		t.Skip("needs root for namespaces:", err)
	}
	if err == nil || !strings.Contains(err.Error(), "did not begin") {
		t.Errorf("got %v, error %v; want an error that says its child did not begin", got, err)
	}
}

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

func TestMedian(t *testing.T) {
	for _, tt := range []struct {
		series []time.Duration
		want   time.Duration
	}{
		{[]time.Duration{5}, 5},
		{[]time.Duration{9, 1, 5}, 5},
		{[]time.Duration{2, 1}, 2},
		{[]time.Duration{9, 1, 5, 7}, 7},
	} {
		if got := median(tt.series); got != tt.want {
			t.Errorf("median of %v: got %v, want %v", tt.series, got, tt.want)
		}
	}
}

// Neither a machine that gets slower and slower nor an outlier nor one bad block changes a ratio.
func TestCompare(t *testing.T) {
	var own, reference, alone []time.Duration
	for round := range 3 * blocks {
		slow := time.Duration(1 + round/3)
		alone = append(alone, 100*slow)
		reference = append(reference, 110*slow)
		own = append(own, 125*slow)
	}
	own[4] = time.Hour
	for i := 3 * (blocks - 1); i < 3*blocks; i++ {
		own[i] = time.Hour
	}
	got := compare(own, reference, alone)
	if got.value != 2.5 || got.low != 2.5 || got.high != 2.5 {
		t.Errorf("got %+v, want 2.5 throughout", got)
	}
}

func TestGzipSize(t *testing.T) {
	zeros := make([]byte, 1<<20)
	if got := gzipSize(zeros); got < 100 || got > 2000 {
		t.Errorf("a MiB of zeros: got %d bytes, want about 1000", got)
	}
}

func TestMarkdown(t *testing.T) {
	tini, own := contender{"tini", "/absent/tini"}, contender{"drainit", "/absent/drainit"}
	turns := func(d time.Duration) []turn {
		var s []turn
		for range blocks {
			s = append(s, turn{start: d, exit: 2 * d})
		}
		return s
	}
	r := report{
		inits:  []contender{tini, own},
		rounds: blocks,
		idle:   time.Minute,
		sizes:  map[contender]size{tini: {1, 2, false}, own: {3, 4, true}},
		turns: map[contender][]turn{
			none: turns(time.Millisecond), tini: turns(2 * time.Millisecond), own: turns(4 * time.Millisecond),
		},
		idles: map[contender]idleCost{tini: {5, 6, 1, 60}, own: {7, 8, 6, 0}},
	}
	_, got, _ := strings.Cut(r.markdown(), "\n|")
	want := `  | tini | drainit |
| --- | --- | --- |
| size, bytes | 1 | 3 |
| size gzipped, bytes | 2 | 4 |
| static: starts in ` + "`FROM scratch`" + ` | no | yes |
| start-up | 1, 1000 µs | 3.00 (3.00 to 3.00), 3000 µs |
| exit | 1, 2000 µs | 3.00 (3.00 to 3.00), 6000 µs |
| resident idle, KiB | 5 | 7 |
| of it anonymous, KiB | 6 | 8 |
| threads | 1 | 6 |
| wake-ups in 1m0s | 60 | 0 |
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
