package probe

import "time"

// finding is how it is found out what an endpoint says, once for all who wait: who
// comes while it is being found out has that answer, too. It is kept for the next
// time, so that none makes garbage.
type finding struct {
	server   *Server
	endpoint endpoint
	place    place // of those who wait
	busy     bool  // of the goroutine of Serve

	// Of the goroutine that finds it out, while busy.
	find, tell func() // kept, as to start one of the methods makes garbage
	timer      *time.Timer
	ready      *waiter[Verdict]
	live       *waiter[error]
	verdict    Verdict
}

func (f *finding) init(s *Server, e endpoint, waiting place) {
	f.server, f.endpoint, f.place = s, e, waiting
	f.find, f.tell = f.run, f.found
	f.timer = time.NewTimer(answerLimit)
	f.timer.Stop()
	f.ready, f.live = newWaiter[Verdict](), newWaiter[error]()
}

// begin finds out what the endpoint says, unless that is under way.
func (f *finding) begin() {
	if !f.busy {
		f.busy = true
		go f.find()
	}
}

func (f *finding) run() {
	f.timer.Reset(answerLimit)
	f.verdict = f.ask()
	f.timer.Stop()
	f.server.poll.post(f.tell)
}

// ask makes a verdict of a panic, which nobody above would survive.
func (f *finding) ask() (v Verdict) {
	defer func() {
		if p := recover(); p != nil {
			v = verdict(failed("drainit", "panic"))
		}
	}()
	if f.endpoint == endpointLivez {
		return f.server.cfg.Gate.live(f.live, nil, f.timer.C)
	}
	return f.server.cfg.Gate.ready(f.ready, nil, f.timer.C)
}

// found answers all who wait.
func (f *finding) found() {
	f.busy = false
	s, e := f.server, f.endpoint
	s.known.last[e], s.known.at[e] = s.health(e, f.verdict), s.now()
	for s.table.first[f.place] != none {
		s.answer(s.table.first[f.place], e, s.known.last[e])
	}
}
