package probe

import (
	"context"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"
)

// ports is a program's listening sockets, as a test wants them.
type ports struct {
	open  atomic.Bool
	asked atomic.Int64
}

func (p *ports) listening() (bool, string) {
	p.asked.Add(1)
	return p.open.Load(), "nothing listens on 8080"
}

func TestReadyWithNothingToAsk(t *testing.T) {
	g := NewGate(GateConfig{})
	if !g.Green() {
		t.Error("Green() is false before anybody asked, want true: there is nothing to ask")
	}
	want := Verdict{true, []Result{{Name: "shutdown", OK: true}}}
	if got := g.Ready(t.Context()); !reflect.DeepEqual(got, want) {
		t.Errorf("Ready() = %+v, want %+v", got, want)
	}
	if got := g.History(); got != (History{}) {
		t.Errorf("History() = %+v, want nothing: the program was not asked", got)
	}
}

func TestReadyAsksBoth(t *testing.T) {
	var code atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(int(code.Load()))
	}))
	defer srv.Close()
	var p ports
	g := NewGate(GateConfig{Listening: p.listening, Ready: parse(t, srv.URL)})
	shutdown := Result{Name: "shutdown", OK: true}
	goodPorts := Result{Name: "ports", OK: true}
	badPorts := Result{Name: "ports", Detail: "nothing listens on 8080"}
	goodCheck := Result{Name: "ready-check", OK: true}
	badCheck := Result{Name: "ready-check", Detail: srv.URL + ": status 503"}
	for _, tt := range []struct {
		open bool
		code int64
		want Verdict
	}{
		{false, 503, Verdict{false, []Result{shutdown, badPorts, badCheck}}},
		{false, 200, Verdict{false, []Result{shutdown, badPorts, goodCheck}}},
		{true, 503, Verdict{false, []Result{shutdown, goodPorts, badCheck}}},
		{true, 200, Verdict{true, []Result{shutdown, goodPorts, goodCheck}}},
	} {
		p.open.Store(tt.open)
		code.Store(tt.code)
		if got := g.Ready(t.Context()); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("ports %v, status %d: got %+v, want %+v", tt.open, tt.code, got, tt.want)
		}
		if got := g.Green(); got != tt.want.OK {
			t.Errorf("ports %v, status %d: Green() = %v, want %v", tt.open, tt.code, got, tt.want.OK)
		}
	}
}

func TestHistory(t *testing.T) {
	synctest.Test(t, testHistory)
}

func testHistory(t *testing.T) {
	var p ports
	g := NewGate(GateConfig{Listening: p.listening})
	for i, step := range []struct {
		do   string
		want History
	}{
		{"", History{true, false, false, 0}},
		{"red", History{true, true, false, 1}},
		{"at once, red", History{true, true, false, 1}},
		{"red", History{true, true, false, 2}},
		{"green", History{true, true, true, 0}},
		{"red", History{true, true, true, 1}},
		{"red", History{true, true, true, 2}},
		{"red", History{true, true, true, 3}},
		{"stop", History{true, true, true, 3}},
		{"green", History{true, true, true, 3}},
		{"red", History{true, true, true, 3}},
		{"unready", History{true, true, true, 3}},
		{"red", History{true, true, true, 3}},
	} {
		switch step.do {
		case "red", "green":
			time.Sleep(redSpacing)
			fallthrough
		case "at once, red":
			p.open.Store(step.do == "green")
			g.Ready(t.Context())
		case "stop":
			g.StopRequested()
		case "unready":
			g.SetUnready("stop request")
		}
		if got := g.History(); got != step.want {
			t.Errorf("step %d (%q): History() = %+v, want %+v", i, step.do, got, step.want)
		}
	}
}

func TestUnreadyForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p ports
		p.open.Store(true)
		g := NewGate(GateConfig{Listening: p.listening})
		g.Ready(t.Context())
		g.SetUnready("stop request (SIGTERM)")
		g.SetUnready("another")
		want := Verdict{false, []Result{{Name: "shutdown", Detail: "stop request (SIGTERM)"}}}
		for range 3 {
			if got := g.Ready(t.Context()); !reflect.DeepEqual(got, want) {
				t.Errorf("Ready() = %+v, want %+v", got, want)
			}
		}
		if g.Green() {
			t.Error("Green() is true, want false")
		}
		synctest.Wait()
		if n := p.asked.Load(); n != 1 {
			t.Errorf("the program was asked %d times, want once, before the drain", n)
		}
		g.SetChildGone("exit status 3")
		want.Checks[0].Detail = "exit status 3"
		if got := g.Ready(t.Context()); !reflect.DeepEqual(got, want) {
			t.Errorf("child gone: Ready() = %+v, want %+v", got, want)
		}
	})
}

func TestChildGoneIsUnready(t *testing.T) {
	g := NewGate(GateConfig{})
	g.SetChildGone("exit status 0")
	if v := g.Ready(t.Context()); v.OK {
		t.Errorf("Ready() = %+v, want red", v)
	}
}

// Whoever waits for a program that hangs is answered at the moment of the drain.
func TestUnreadyWakesAskers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := make(chan struct{})
		g := NewGate(GateConfig{Listening: func() (bool, string) { <-hang; return true, "" }})
		var wg sync.WaitGroup
		began := time.Now()
		for range 5 {
			wg.Go(func() {
				if v := g.Ready(t.Context()); v.OK || v.Checks[0].Detail != "stop request" {
					t.Errorf("got %+v, want unready by the stop request", v)
				}
			})
		}
		time.Sleep(300 * time.Millisecond)
		g.SetUnready("stop request")
		wg.Wait()
		if took := time.Since(began); took != 300*time.Millisecond {
			t.Errorf("answered after %s, want 300ms", took)
		}
		close(hang) // what it says now counts for nothing
		synctest.Wait()
		if h := g.History(); h.Asked || h.EverReady {
			t.Errorf("History() = %+v, want nothing after the stop request", h)
		}
	})
}

func TestReadyEndsWithItsAsker(t *testing.T) {
	for name, cfg := range map[string]GateConfig{
		"ports":       {Listening: func() (bool, string) { time.Sleep(time.Hour); return true, "" }},
		"ready-check": {Ready: &Check{}},
	} {
		synctest.Test(t, func(t *testing.T) {
			if cfg.Ready != nil { // a check that is under way and hangs
				cfg.Ready.asks.join(newWaiter[error](), hanging{})
			}
			g := NewGate(cfg)
			ctx, cancel := context.WithTimeout(t.Context(), answerLimit)
			defer cancel()
			began := time.Now()
			got := g.Ready(ctx)
			want := Verdict{false, []Result{{Name: name, Detail: "no answer in time"}}}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
			if took := time.Since(began); took != answerLimit {
				t.Errorf("answered after %s, want %s", took, answerLimit)
			}
			time.Sleep(2 * time.Hour) // let the hanging one end with the bubble
		})
	}
}

// hanging is a check that takes an hour.
type hanging struct{}

func (hanging) ask() error { time.Sleep(time.Hour); return nil }

func TestAskersShareOneLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var looks atomic.Int64
		g := NewGate(GateConfig{Listening: func() (bool, string) {
			looks.Add(1)
			time.Sleep(time.Millisecond)
			return false, "not yet"
		}})
		var wg sync.WaitGroup
		for range 10000 {
			wg.Go(func() { g.Ready(t.Context()) })
		}
		wg.Wait()
		if n := looks.Load(); n != 1 {
			t.Errorf("10000 askers at once cost %d looks, want 1", n)
		}
		if h := g.History(); h.RedInARow != 1 {
			t.Errorf("RedInARow = %d, want 1: it was one answer", h.RedInARow)
		}
		g.Ready(t.Context())
		if n := looks.Load(); n != 2 {
			t.Errorf("the next asker made it %d looks, want 2: no answer is kept", n)
		}
	})
}

func TestListeningMayPanic(t *testing.T) {
	g := NewGate(GateConfig{Listening: func() (bool, string) { panic("no /proc") }})
	v := g.Ready(t.Context())
	if v.OK || !strings.Contains(v.failure(), "ports: panic: no /proc") {
		t.Errorf("got %+v, want red with the panic said", v)
	}
}

func TestWarnsOnce(t *testing.T) {
	for name, tt := range map[string]struct {
		asks []time.Duration // when it is asked, from the start
		open time.Duration   // when the program listens, for 5 s
		stop time.Duration   // when the stop request comes
		want time.Duration   // when it warns, 0 for never
	}{
		"never asked":             {nil, time.Hour, time.Hour, 0},
		"asked early":             {[]time.Duration{1, 9.999e9}, time.Hour, time.Hour, 0},
		"at ten seconds":          {[]time.Duration{10e9}, time.Hour, time.Hour, 10e9},
		"only when asked":         {[]time.Duration{1e9, 60e9}, time.Hour, time.Hour, 60e9},
		"once":                    {[]time.Duration{5e9, 12e9, 20e9, 30e9}, time.Hour, time.Hour, 12e9},
		"was ready":               {[]time.Duration{1e9, 4e9, 12e9}, 3e9, time.Hour, 0},
		"was ready, not asked":    {[]time.Duration{1e9, 12e9}, 3e9, time.Hour, 12e9},
		"ready when first asked":  {[]time.Duration{20e9}, 15e9, time.Hour, 0},
		"after the stop request":  {[]time.Duration{5e9, 12e9}, time.Hour, 11e9, 0},
		"before the stop request": {[]time.Duration{12e9, 30e9}, time.Hour, 20e9, 12e9},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				var warned []time.Duration
				var details []string
				g := NewGate(GateConfig{
					Listening: func() (bool, string) {
						at := time.Since(start)
						return at >= tt.open && at <= tt.open+5*time.Second, "nothing listens on 8080"
					},
					Warn: func(detail string) {
						warned = append(warned, time.Since(start))
						details = append(details, detail)
					},
				})
				stopped := time.AfterFunc(tt.stop, g.StopRequested)
				defer stopped.Stop()
				for _, at := range tt.asks {
					time.Sleep(time.Until(start.Add(at)))
					g.Ready(t.Context())
				}
				var want []time.Duration
				if tt.want > 0 {
					want = append(want, tt.want)
				}
				if !reflect.DeepEqual(warned, want) {
					t.Errorf("warned at %v, want %v", warned, want)
				}
				for _, d := range details {
					if d != "ports: nothing listens on 8080" {
						t.Errorf("warned %q, want the failing check", d)
					}
				}
			})
		})
	}
}

func TestNoWarnFunc(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p ports
		g := NewGate(GateConfig{Listening: p.listening})
		time.Sleep(time.Minute)
		if v := g.Ready(t.Context()); v.OK || strings.Contains(v.failure(), "panic") {
			t.Errorf("got %+v, want red without a panic", v)
		}
	})
}

func TestLive(t *testing.T) {
	var code, asked atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.WriteHeader(int(code.Load()))
	}))
	defer srv.Close()
	for _, tt := range []struct {
		name  string
		live  *Check
		code  int64
		begin func(*Gate)
		want  Verdict
	}{
		{"no check", nil, 500, nil, Verdict{true, []Result{{Name: "process", OK: true}}}},
		{"good", parse(t, srv.URL), 204, nil, Verdict{true, []Result{{Name: "live-check", OK: true}}}},
		{"bad", parse(t, srv.URL), 500, nil, Verdict{false, []Result{{Name: "live-check", Detail: srv.URL + ": status 500"}}}},
		{"stop request", parse(t, srv.URL), 500, (*Gate).StopRequested, Verdict{true, []Result{{Name: "process", OK: true}}}},
		{"child gone", parse(t, srv.URL), 500, func(g *Gate) { g.SetChildGone("exit status 1") }, Verdict{true, []Result{{Name: "process", OK: true}}}},
	} {
		code.Store(tt.code)
		before := asked.Load()
		g := NewGate(GateConfig{Live: tt.live})
		if tt.begin != nil {
			tt.begin(g)
		}
		if got := g.Live(t.Context()); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: Live() = %+v, want %+v", tt.name, got, tt.want)
		}
		if n := asked.Load() - before; tt.begin != nil && n != 0 {
			t.Errorf("%s: the program was asked %d times, want 0", tt.name, n)
		}
	}
}

// The stop request makes liveness green for those who wait already.
func TestLiveDuringStopRequest(t *testing.T) {
	addr, _ := stuckServer(t)
	g := NewGate(GateConfig{Live: parse(t, "http://"+addr)})
	time.AfterFunc(50*time.Millisecond, g.StopRequested)
	if v := g.Live(t.Context()); !v.OK {
		t.Errorf("Live() = %+v, want green", v)
	}
}

func TestVerbose(t *testing.T) {
	v := verdict(Result{Name: "shutdown", OK: true}, failed("ports", "nothing listens\non 8080\x1b[2J"))
	got := v.verbose("readyz")
	want := "[+]shutdown ok\n[-]ports failed: nothing listens?on 8080?[2J\nreadyz check failed\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	got = verdict(Result{Name: "process", OK: true}).verbose("livez")
	if want := "[+]process ok\nlivez check passed\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDetailIsBounded(t *testing.T) {
	got := failed("ready-check", "x"+strings.Repeat("é", 10000)).Detail
	if len(got) > detailLimit+len("…") || !strings.HasSuffix(got, "é…") || !utf8.ValidString(got) {
		t.Errorf("got %d bytes ending in %q, want at most %d and a whole rune", len(got), got[len(got)-6:], detailLimit)
	}
}
