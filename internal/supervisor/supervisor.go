// Package supervisor is PID 1: it starts the program, turns signals and exits into
// events of the machine (internal/drain), and does what the machine says.
package supervisor

import (
	"log/slog"
	"maps"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/config"
	"drainit/internal/drain"
	"drainit/internal/frontproc"
	"drainit/internal/launch"
	"drainit/internal/observe"
	"drainit/internal/peers"
	"drainit/internal/probe"
	"drainit/internal/proc"
	"drainit/internal/process"
	"drainit/internal/reaper"
	"drainit/internal/signals"
)

// supervisor drives the machine: it turns signals and exits into events and does
// what the machine says. It has one loop, in which all its methods run but those
// that say otherwise.
type supervisor struct {
	given
	shared
	inbox    inbox
	judging  judging
	delivery delivery
	actions  actions
	view     view
	front    fronted
	peers    followed
	job      job
	end      end
}

// given is what does not change.
type given struct {
	cfg     config.Config
	child   launch.Child
	started time.Time
	host    host
	log     *slog.Logger
	gate    *probe.Gate
	own     *process.Own // helpers
}

// shared is what the probe server reads meanwhile, behind mu.
type shared struct {
	mu        sync.Mutex
	machine   *drain.Machine
	target    signals.Target // of the stop signal, once sent
	program   string         // its name
	received  map[string]uint64
	forwarded map[string]uint64
	reaped    probe.Reaped
	leftovers int
	deafShell string // PID 1, where the platform's signals end; "": they do not
}

// inbox is what the loop waits for.
type inbox struct {
	signals <-chan os.Signal
	sigchld <-chan os.Signal
	hungUp  <-chan struct{}     // closed when standard input has ended; nil: of no interest
	gone    chan int            // watched processes that are gone
	later   chan func()         // what was to be done after a while
	seen    chan drain.Observed // by the look under way
	found   chan found          // what was asked at the stop request
	over    chan struct{}       // closed when the loop has ended
}

// delivery is the way of the stop signal to the program.
type delivery struct {
	tree    *signals.Tree // what was running at the stop request; nil: not known
	told    told
	wrapped wrapped
	sent    []sent         // of its schedule
	reached bool           // its target, rather than refused
	trap    bool           // a shell has it, and its trap waits for a command
	reading sync.WaitGroup // in others' place
}

// view is what is known of sockets and of /proc.
type view struct {
	evidence  observe.Evidence
	program   *observe.Program    // what it says itself; nil: it is not asked
	listening func() drain.Answer // whether anything but drainit can be reached from outside
	sight     sight
}

// fronted is the front, and what was asked of it.
type fronted struct {
	frontproc.Front
	proxy *frontproc.Process // its process; nil: there is none
	toEnd bool               // it was told to end
}

// followed is the peers.
type followed struct {
	peers.Peers
	said map[string]bool // warnings about them
}

// end is how it ends, for the child and for drainit.
type end struct {
	ended         bool            // the child is gone
	status        unix.WaitStatus // the child's
	killed        bool            // SIGKILL was sent by this process
	killedByOther bool            // the child was ended by a SIGKILL that was not
	reach         reach           // how far SIGKILL went, the last time
	oom           oomWatch
	oomDeath      oomVerdict     // of the child's end
	counted       bool           // what it cut
	leftoversStay bool           // SIGKILL did not end what the sweep had left
	sweptByExit   bool           // leftovers end with drainit
	report        []byte         // to be sent, with --report
	exit          func(code int) // set by run: leaves the loop
}

// newSupervisor returns the one of a child that has been started.
func newSupervisor(cfg config.Config, child launch.Child, proxy *frontproc.Process, first process.FirstThread, log *slog.Logger, r process.Received) *supervisor {
	own := process.NewOwn()
	s := supervising(given{
		cfg: cfg, child: child, started: time.Now(), own: own, log: log,
		host: realHost(proxy.ProcessID(), proc.OOMKills, first, own), gate: probe.NewGate(probe.GateConfig{}),
	}, r)
	s.front = fronted{Front: proxy.Fronting(), proxy: proxy}
	s.peers.Peers = peers.Join(cfg)
	s.end.oom.begin(s.host.oomKills)
	s.job.stopped, s.view.sight.hidden = reaper.Stopped, s.procHides
	return s
}

// supervising returns one with no front, no peers, and nothing to see.
func supervising(g given, r process.Received) *supervisor {
	return &supervisor{
		given:  g,
		shared: shared{machine: drain.New(g.cfg.Plan), received: map[string]uint64{}, forwarded: map[string]uint64{}},
		inbox: inbox{
			signals: r.Signals, sigchld: r.Child,
			gone:  make(chan int),
			later: make(chan func()),
			seen:  make(chan drain.Observed, 1),
			found: make(chan found, 1),
			over:  make(chan struct{}),
		},
		judging:  judging{results: make(chan judged, 1)},
		delivery: delivery{told: newTold()},
		actions:  newActions(g.cfg),
		view:     view{evidence: observe.NoEvidence(), listening: func() drain.Answer { return drain.Unknown }},
		front:    fronted{Front: frontproc.None()},
		peers:    followed{Peers: peers.None(), said: map[string]bool{}},
	}
}

// run supervises until the end and returns the status to leave with.
func (s *supervisor) run() int {
	defer close(s.inbox.over)
	code, over := 0, false
	s.end.exit = func(c int) { code, over = c, true }
	wake := time.NewTimer(0)
	s.guarded(s.reap) // the child may have ended before SIGCHLD was listened to
	for !over {
		wake.Stop()
		if at, ok := s.machine.Wake(); ok {
			wake.Reset(time.Until(at))
		}
		s.wait(wake.C)
	}
	return code
}

// wait waits for one event and handles it. Of several that are there at once,
// after a freeze say, the child's end comes first: what is due for the child must
// not be done to one that has gone before.
func (s *supervisor) wait(wake <-chan time.Time) {
	defer process.Survive(s.log)
	handle := s.next(wake)
	if !s.end.ended && s.machine.State() < drain.Killing {
		s.guarded(s.reap)
	}
	handle()
}

// next waits for one event and returns what handles it.
func (s *supervisor) next(wake <-chan time.Time) (handle func()) {
	select {
	case sig := <-s.inbox.signals:
		return func() { s.signal(sig.(syscall.Signal)) }
	case j := <-s.judging.results:
		return func() { s.judgedNow(j) }
	case f := <-s.inbox.found:
		return func() { s.answered(f) }
	case <-s.inbox.sigchld:
		return s.childChanged
	case <-s.inbox.hungUp:
		return s.hungUp
	case pid := <-s.inbox.gone:
		return func() { s.watchedGone(pid) }
	case do := <-s.inbox.later:
		return do
	case o := <-s.actions.results:
		return func() { s.outcome(o) }
	case seen := <-s.inbox.seen:
		return func() { s.step(seen) }
	case <-s.front.Idle:
		return func() { s.step(drain.FrontIdle{}) }
	case news := <-s.peers.News:
		return func() { s.heard(news) }
	case <-wake:
		return func() { s.step(drain.Woken{}) }
	}
}

// childChanged: some child has ended, or the one that counts was stopped.
func (s *supervisor) childChanged() {
	s.reap()
	s.jobControl()
}

// step feeds the machine and does what it says: each for itself, since the
// machine says nothing twice, the exit included.
func (s *supervisor) step(e drain.Event) {
	for _, a := range s.decide(e) {
		s.guarded(func() { s.do(a) })
	}
}

func (s *supervisor) decide(e drain.Event) []drain.Action {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.machine.Step(time.Now(), e)
}

// do does one thing the machine wants. Nothing here is fatal.
func (s *supervisor) do(a drain.Action) {
	switch a := a.(type) {
	case drain.Unready:
		s.gate.SetUnready("stop requested")
	case drain.Ask:
		s.peers.Say(drain.Draining.String())
		s.ask(a.Within)
	case drain.Look:
		go func() { s.inbox.seen <- s.look(a.Awaited) }() // the machine has one look at a time
	case drain.Meet:
		s.peers.Meet(s.cfg.Plan.Before)
	case drain.Front:
		s.tellFront(a.Do)
	case drain.Leave:
		s.leaveFront(a.Within)
	case drain.Act:
		s.act(a)
	case drain.Replaced:
		s.replaced()
	case drain.Skip:
		s.skip(a)
	case drain.Forward:
		s.forward(syscall.Signal(a.Signal))
	case drain.StopSignal:
		s.sendStop(a.Step)
	case drain.Kill:
		s.guarded(s.noteTrap)
		s.killAll()
	case drain.Sweep:
		s.sweep()
	case drain.KillLeftovers:
		s.killLeftovers()
	case drain.Enter:
		s.peers.Say(a.State.String())
		s.entered(a)
	case drain.Progress:
		s.progress(a.WaitingFor)
	case drain.Exit:
		s.end.exit(a.Status)
		s.peers.Leave(a.Status)
	}
}

func (s *supervisor) count(m map[string]uint64, sig syscall.Signal) {
	s.mu.Lock()
	m[signals.Name(sig)]++
	s.mu.Unlock()
}

// counts returns copies for the probe server.
func (s *supervisor) counts() probe.Signals {
	return probe.Signals{Received: maps.Clone(s.received), Forwarded: maps.Clone(s.forwarded)}
}

// sinceStop is the time since the stop request, 0 before it.
func (s *supervisor) sinceStop() time.Duration {
	t0 := s.machine.Record().T0
	if t0.IsZero() {
		return 0
	}
	return time.Since(t0)
}

// guarded does something that must not cost what comes after it.
func (s *supervisor) guarded(do func()) {
	defer process.Survive(s.log)
	do()
}
