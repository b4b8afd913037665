package probe

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// warnAfter is how long after the gate's making a program that was never ready
// is worth a line in the log. Most servers listen within it.
const warnAfter = 10 * time.Second

// redSpacing is how far apart red answers must be to count as more than one:
// several probers that ask at the same moment have seen one thing.
const redSpacing = time.Second

// GateConfig is what a gate asks.
type GateConfig struct {
	// Listening reports whether the program listens on all of its ports, and
	// if not, what is missing. It is called when somebody asks, by one
	// goroutine at a time, beside Ready, and should return within 300 ms. Nil:
	// ports do not count.
	Listening func() (ok bool, detail string)

	// Front reports whether the front takes clients in, and if not, why. Nil:
	// there is none.
	Front func() (ok bool, detail string)

	// Ready is the program's own readiness check, Live its own liveness check.
	// Nil: it has none.
	Ready, Live *Check

	// Warn is called at most once: the program is not ready, was never, and is
	// asked about 10 s or more after the gate was made. It must not block. Nil:
	// nobody wants to know.
	Warn func(detail string)

	// First is called at most once: the program is ready for the first time, as
	// far as anybody has asked. It must not block. Nil: nobody wants to know.
	First func()
}

// A Gate decides readiness and liveness. Its methods may be called by any
// number of goroutines at once, and none holds a lock while it waits.
type Gate struct {
	cfg  GateConfig
	made time.Time
	asks flight[Verdict]
	red  chan struct{} // closed when readiness is red for good

	kept answers

	mu      sync.Mutex
	stopped bool     // the stop request has come, or the program has gone
	unready *Verdict // readiness is red for good; nil until it is
	green   bool     // the last answer
	warned  bool
	history History
	lastRed time.Time // the last answer that counts in RedInARow
}

// answers is what a gate keeps for the next answer, which is often the last one.
type answers struct {
	// Of the flight.
	checks  []Result
	last    Verdict
	checked *waiter[error]

	lived Verdict // the last answer of the live-check; the gate's mu
}

// Liveness and readiness where nobody is asked.
var (
	alive = verdict(Result{Name: "process", OK: true})
	open  = verdict(Result{Name: "shutdown", OK: true})
)

// History is what the gate answered until the stop request, as far as the
// program itself was the reason. It decides whether there is anything to hold a
// stop for: a program that no platform was ever told to route to loses nothing
// by stopping at once.
type History struct {
	Configured bool // the program has a check: its ports, or one of its own
	Asked      bool // somebody has asked
	EverReady  bool // the answer has been yes
	RedInARow  int  // how many of the last answers, without a gap, were no; see redSpacing
}

// NewGate returns a gate for a program that has just been started.
func NewGate(cfg GateConfig) *Gate {
	g := &Gate{cfg: cfg, made: time.Now(), red: make(chan struct{})}
	g.kept.checked = newWaiter[error]()
	g.green, g.history.Configured = !g.configured(), g.configured()
	return g
}

// StopRequested is to be called at the stop request: from now on the history
// does not change and liveness is green. Readiness goes its own way, see
// [Gate.SetUnready].
func (g *Gate) StopRequested() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stopped = true
}

// SetUnready turns readiness red for good, for the given reason; the first
// reason stays. From now on the program is not asked any more, and those who
// wait for its answer have this one at once.
func (g *Gate) SetUnready(reason string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.setUnready(reason)
}

func (g *Gate) setUnready(reason string) {
	g.stopped = true
	if g.unready == nil {
		v := verdict(failed("shutdown", reason))
		g.unready = &v
		close(g.red)
	}
}

// SetChildGone is to be called when the program has exited: red for good, and
// how it ended is said instead of an earlier reason.
func (g *Gate) SetChildGone(how string) {
	v := verdict(failed("shutdown", how))
	g.mu.Lock()
	defer g.mu.Unlock()
	g.setUnready(how)
	g.unready = &v
}

// History returns what was answered until the stop request. Askers who shared
// one look at the program were given one answer.
func (g *Gate) History() History {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.history
}

// Green reports what the last answer about readiness was, without asking the
// program: false before the first if there is something to ask, and false from
// [Gate.SetUnready] on.
func (g *Gate) Green() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.green && g.unready == nil
}

// Ready decides readiness. It asks the program's checks, all of them, unless
// readiness is red for good, and returns no later than ctx is done.
func (g *Gate) Ready(ctx context.Context) Verdict {
	return g.ready(newWaiter[Verdict](), ctx.Done(), nil)
}

// ready is Ready for who has a waiter, until one of the channels tells.
func (g *Gate) ready(w *waiter[Verdict], done <-chan struct{}, late <-chan time.Time) Verdict {
	if v, ok := g.readyNow(); ok {
		return v
	}
	g.asks.join(w, g)
	answered := false
	select {
	case <-w.done:
		answered = true
	case <-g.red:
	case <-done:
	case <-late:
	}
	answered = answered || g.asks.leave(w)
	if v := g.shutdown(); !v.OK {
		return v
	}
	if !answered {
		return verdict(failed(g.slowest(), "no answer in time"))
	}
	return w.answer
}

// readyNow is Ready where that asks nobody.
func (g *Gate) readyNow() (v Verdict, ok bool) {
	v = g.shutdown()
	return v, !v.OK || !g.configured()
}

// liveNow is Live where that asks nobody.
func (g *Gate) liveNow() (v Verdict, ok bool) {
	return alive, g.cfg.Live == nil || g.stopRequested()
}

// Live decides liveness: green from the stop request on, so that nothing
// restarts a program that is finishing its work; before that the program's own
// check, or, without one, only that there is a process.
func (g *Gate) Live(ctx context.Context) Verdict {
	return g.live(newWaiter[error](), ctx.Done(), nil)
}

// live is Live for who has a waiter, until one of the channels tells.
func (g *Gate) live(w *waiter[error], done <-chan struct{}, late <-chan time.Time) Verdict {
	if v, ok := g.liveNow(); ok {
		return v
	}
	r := failed("live-check", "no answer in time")
	if g.cfg.Live.run(w, done, late) {
		r = result("live-check", w.answer)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stopped { // meanwhile
		return alive
	}
	g.kept.lived = g.kept.lived.or([]Result{r})
	return g.kept.lived
}

// stopRequested reports whether the stop request has come.
func (g *Gate) stopRequested() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.stopped
}

// configured reports whether there is anything to ask.
func (g *Gate) configured() bool {
	return g.cfg.Listening != nil || g.cfg.Ready != nil || g.cfg.Front != nil
}

// slowest names the check that can be to blame when the whole took too long.
// A Check ends by itself; Listening is only asked to.
func (g *Gate) slowest() string {
	if g.cfg.Listening != nil {
		return "ports"
	}
	return "ready-check"
}

// shutdown returns the verdict of the one check that needs no asking.
func (g *Gate) shutdown() Verdict {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.unready != nil {
		return *g.unready
	}
	return open
}

// ask looks at the program once, and asks its own check meanwhile: what one of
// them takes is not taken from the other. It runs in a flight, where nothing else
// would recover.
func (g *Gate) ask() (v Verdict) {
	defer func() {
		if p := recover(); p != nil {
			v = verdict(failed(g.slowest(), fmt.Sprint("panic: ", p)))
		}
	}()
	late := time.Since(g.made) >= warnAfter
	if g.cfg.Ready != nil { // which has a limit of its own
		g.cfg.Ready.asks.join(g.kept.checked, g.cfg.Ready)
	}
	g.kept.checks = append(g.kept.checks[:0], Result{Name: "shutdown", OK: true})
	if g.cfg.Front != nil {
		g.kept.checks = append(g.kept.checks, answered("front", g.cfg.Front))
	}
	if g.cfg.Listening != nil {
		g.kept.checks = append(g.kept.checks, answered("ports", g.cfg.Listening))
	}
	if g.cfg.Ready != nil {
		<-g.kept.checked.done
		g.kept.checks = append(g.kept.checks, result("ready-check", g.kept.checked.answer))
	}
	v = g.kept.last.or(g.kept.checks)
	g.kept.last = v
	switch warn, first := g.record(v.OK, late); {
	case warn:
		g.cfg.Warn(v.failure())
	case first && g.cfg.First != nil:
		g.cfg.First()
	}
	return v
}

// answered returns the result of a check that is a question.
func answered(name string, ask func() (ok bool, detail string)) (r Result) {
	defer func() {
		if p := recover(); p != nil {
			r = failed(name, fmt.Sprint("panic: ", p))
		}
	}()
	if ok, detail := ask(); !ok {
		return failed(name, detail)
	}
	return Result{Name: name, OK: true}
}

// result returns the result of a check that ended with err.
func result(name string, err error) Result {
	if err != nil {
		return failed(name, err.Error())
	}
	return Result{Name: name, OK: true}
}

// record enters an answer into the history, unless the stop request came while
// it was being found: the platform's stop is then the likelier reason. It
// reports whether to warn, and whether it is the first yes.
func (g *Gate) record(ok, late bool) (warn, first bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.green = ok
	if g.stopped {
		return false, false
	}
	g.history.Asked = true
	if ok {
		first = !g.history.EverReady
		g.history.EverReady = true
		g.history.RedInARow = 0
		return false, first
	}
	if now := time.Now(); g.history.RedInARow == 0 || now.Sub(g.lastRed) >= redSpacing {
		g.history.RedInARow++
		g.lastRed = now
	}
	if !late || g.history.EverReady || g.warned || g.cfg.Warn == nil {
		return false, false
	}
	g.warned = true
	return true, false
}
