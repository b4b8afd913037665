package main

import (
	"context"
	"net"
	"slices"
	"sync"
	"time"

	"drainit/examples/load"
)

// instances watches the instances of -drain, and puts what the requests have met beside
// what their drainits say.
type instances struct {
	targets []drainTarget
	ignore  bool // what the kernel counts as arrivals

	mu       sync.Mutex
	watching map[string]bool // addresses
	answers  map[string]*answers
	stops    []*stop
	lastLoss time.Time // by when it was due
}

// drainTarget is one -drain: what its answers are called, "" if that is not known, and
// where drainit answers. A name of a host may mean many instances, and others later.
type drainTarget struct{ name, host, port string }

// answers are those of one version.
type answers struct {
	first, last time.Time // by when they were due
	n           int
}

// every is how often one was answered.
func (a *answers) every() time.Duration {
	if a == nil || a.n < 2 {
		return 0
	}
	return a.last.Sub(a.first) / time.Duration(a.n-1)
}

// A stop is one instance's. Its instants are of this process's clock.
type stop struct {
	name, addr string
	life       time.Time     // when the program was started, by the instance's clock
	t0         time.Time     // early by no more than /drain took to answer
	gap        time.Duration // between two of our own requests here, before; 0: not known
	signalled  time.Time     // zero: the stop signal was not seen to be sent
	over       time.Time     // when it no longer answered; zero: it still does

	own    time.Time // the last of our requests that it answered, by when it was due
	loss   time.Time // the last that was lost meanwhile
	told   time.Time // the last connection that its drainit counted; zero: none
	counts bool      // it counts
	begun  uint64    // requests that its front has taken in
}

// lookupEvery is how often a host's name is looked up again.
const lookupEvery = time.Second

// watch watches until ctx ends.
func (w *instances) watch(ctx context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	ticks := time.NewTicker(lookupEvery)
	defer ticks.Stop()
	for {
		for _, target := range w.targets {
			for _, addr := range target.lookup(ctx) {
				if w.isNew(addr) {
					all.Go(func() { w.follow(ctx, target.name, addr) })
				}
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
	}
}

// lookup returns the addresses that a target has now.
func (d drainTarget) lookup(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	hosts, _ := net.DefaultResolver.LookupHost(ctx, d.host) // none now
	for i, host := range hosts {
		hosts[i] = net.JoinHostPort(host, d.port)
	}
	return hosts
}

// instancesMost bounds what is watched: pods come and go.
const instancesMost = 1000

func (w *instances) isNew(addr string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.watching[addr] || len(w.watching) >= instancesMost {
		return false
	}
	if w.watching == nil {
		w.watching = map[string]bool{}
	}
	w.watching[addr] = true
	return true
}

// How often a drainit is asked: each answer costs it a process for some milliseconds.
const (
	askRunning  = 500 * time.Millisecond
	askDraining = 200 * time.Millisecond
)

// follow asks one drainit until ctx ends. One that does not answer may come back.
func (w *instances) follow(ctx context.Context, name, addr string) {
	var current *stop
	for {
		said, err := askDrain(ctx, addr)
		if ctx.Err() != nil {
			return
		}
		current = w.heard(current, name, addr, said, err)
		wait := askRunning
		if current != nil {
			wait = askDraining
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// heard takes in what a drainit has said, or that it did not answer, and returns the stop
// that it is in.
func (w *instances) heard(current *stop, name, addr string, said drainSaid, err error) *stop {
	w.mu.Lock()
	defer w.mu.Unlock()
	if current != nil && (err != nil || said.StopRequest == nil || !said.Child.Started.Equal(current.life)) {
		current.over = said.asked
		current = nil
	}
	if err != nil || said.StopRequest == nil {
		return nil
	}
	if current == nil {
		current = &stop{name: name, addr: addr, life: said.Child.Started, t0: said.t0(), begun: said.begun()}
		if a := w.answers[name]; a != nil && name != "" {
			current.gap = a.every()
			if a.last.After(current.t0) {
				current.own = a.last
			}
		}
		if w.lastLoss.After(current.t0) {
			current.loss = w.lastLoss
		}
		w.stops = append(w.stops, current)
	}
	current.learn(said)
	return current
}

// learn takes in what the drainit of a stopping instance has said.
func (s *stop) learn(said drainSaid) {
	for _, e := range said.Timeline {
		if e.Event == "stop_signal" && e.Done {
			s.signalled = s.t0.Add(e.After.Duration)
		}
	}
	if c := said.Connections; c.Arrived != nil {
		s.counts = true
		if c.LastArrival != nil {
			s.told = s.t0.Add(c.LastArrival.Duration)
		}
	}
	if said.Front != nil {
		s.counts = true
		if begun := said.begun(); begun > s.begun {
			s.begun, s.told = begun, said.asked.Add(said.took)
		}
	}
}

// saw takes in what became of a request.
func (w *instances) saw(due time.Time, version string, how load.Outcome) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch how {
	case load.Answered:
		w.answered(due, version)
	case load.ClientError, load.Other: // of a request that was wrong, most likely
	default:
		w.lost(due)
	}
}

func (w *instances) answered(due time.Time, version string) {
	if version == "" {
		return
	}
	a := w.answers[version]
	switch {
	case a == nil && len(w.answers) >= instancesMost:
		return
	case a == nil:
		if w.answers == nil {
			w.answers = map[string]*answers{}
		}
		a = &answers{first: due, last: due}
		w.answers[version] = a
	case due.After(a.last):
		a.last = due
	}
	a.n++
	for _, s := range w.stops {
		if s.name == version && due.After(s.t0) && (s.over.IsZero() || due.Before(s.over)) && due.After(s.own) {
			s.own = due
		}
	}
}

// lost blames the latest stop that had begun.
func (w *instances) lost(due time.Time) {
	if due.After(w.lastLoss) {
		w.lastLoss = due
	}
	var latest *stop
	for _, s := range w.stops {
		if s.t0.Before(due) && (latest == nil || s.t0.After(latest.t0)) {
			latest = s
		}
	}
	if latest != nil && due.After(latest.loss) {
		latest.loss = due
	}
}

// seen returns the stops, in their order, as a measurement that ended at an instant.
func (w *instances) seen(end time.Time, apart time.Duration) holdReport {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := holdReport{apart: apart}
	for _, s := range w.stops {
		r.stops = append(r.stops, s.lag(end, w.ignore))
	}
	slices.SortFunc(r.stops, func(a, b lag) int { return a.t0.Compare(b.t0) })
	r.rollouts = rolloutsOf(r.stops, apart)
	return r
}
