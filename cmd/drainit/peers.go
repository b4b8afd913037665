package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"drainit/internal/drain"
	"drainit/internal/pod"
)

// podPeers is what the supervisor has to do with the other drainits of the pod:
// the seam at which a test can say what they do. Its goroutines only send news.
type podPeers struct {
	news  <-chan peerNews         // nil: there are no peers
	say   func(state string)      // what this one does now
	leave func(status int)        // what it is about to leave with
	meet  func(before []string)   // send news of these, from now on
	hurry func()                  // a peer to exit with may be there now
	ask   func() (now []pod.Seen) // what all peers do now
}

// peerNews is an event, and whose it is.
type peerNews struct {
	of peerRole
	pod.Event
}

// peerRole is why somebody looked.
type peerRole int

const (
	peerServing  peerRole = iota // of serving the own name
	peerGreeted                  // at the start
	peerBefore                   // one before this one in the stop order, in a stop
	peerExitWith                 // one to exit with
)

func noPeers() podPeers {
	return podPeers{
		say:   func(string) {},
		leave: func(int) {},
		meet:  func([]string) {},
		hurry: func() {},
		ask:   func() []pod.Seen { return nil },
	}
}

// What a peer says it does before the names of [drain.State].
const (
	peerStarting = "starting" // it was not ready yet, as far as anybody has asked
	peerReady    = "ready"    // it was, once
)

// joinPod opens what the settings of the pod need, and nothing without them.
func joinPod(cfg config) podPeers {
	name, order := cfg.Settings.Name, cfg.Settings.Order
	if name == "" && len(cfg.ExitWith) == 0 {
		return noPeers()
	}
	ctx := context.Background() // to the end
	self := pod.NewSelf(cfg.PodID, name, order)
	others := slices.DeleteFunc(slices.Clone(order), func(n string) bool { return n == name })
	news, hurry := make(chan peerNews), make(chan struct{}, 1)
	p := noPeers()
	p.news = news
	p.meet = func(before []string) {
		for _, one := range before {
			go pod.Watch(ctx, self, one, false, nil, func(s pod.Seen) { news <- peerNews{peerBefore, s} })
		}
	}
	p.hurry = func() {
		select {
		case hurry <- struct{}{}:
		default:
		}
	}
	p.ask = cached(func() []pod.Seen { return pod.Ask(ctx, self, union(others, cfg.ExitWith), false) })
	greet := sync.OnceFunc(func() { greetPeers(ctx, self, others, news) })
	if name != "" {
		serveName(&p, pod.Serve(ctx, self, func(e pod.Event) {
			go greet() // who is greeted may look here next, so not before the name is served
			news <- peerNews{peerServing, e}
		}))
	}
	for _, one := range cfg.ExitWith {
		go watchToTheEnd(ctx, self, one, hurry, news)
	}
	return p
}

// greetPeers tells those that are there already that this one is, and what its
// order is. Of two peers one starts later.
func greetPeers(ctx context.Context, self pod.Self, others []string, news chan<- peerNews) {
	if len(others) == 0 {
		return
	}
	for _, seen := range pod.Ask(ctx, self, others, true) {
		news <- peerNews{peerGreeted, seen}
	}
}

// serveName has p say things to those who connect.
func serveName(p *podPeers, server *pod.Server) {
	var mu sync.Mutex
	last := peerStarting
	server.Say(last)
	p.say = func(state string) {
		mu.Lock()
		defer mu.Unlock()
		if state != peerReady || last == peerStarting { // readiness is news until the stop
			last = state
			server.Say(state)
		}
	}
	p.leave = server.SayExit
}

// watchToTheEnd watches a peer to exit with until one has gone that can be
// believed.
func watchToTheEnd(ctx context.Context, self pod.Self, name string, hurry <-chan struct{}, news chan<- peerNews) {
	for over := false; !over; time.Sleep(time.Second) {
		pod.Watch(ctx, self, name, true, hurry, func(s pod.Seen) {
			over = s.Gone && s.Believed
			news <- peerNews{peerExitWith, s}
		})
	}
}

// askAgain is how old an answer about peers may be: whoever asks for /drain has
// them asked, so not at any rate.
const askAgain = time.Second

func cached(ask func() []pod.Seen) func() []pod.Seen {
	var mu sync.Mutex
	var at time.Time
	var answer []pod.Seen
	return func() []pod.Seen {
		mu.Lock()
		defer mu.Unlock()
		if at.IsZero() || time.Since(at) >= askAgain {
			at, answer = time.Now(), ask()
		}
		return answer
	}
}

// union returns a, and what of b is not in it.
func union(a, b []string) []string {
	all := slices.Clone(a)
	for _, name := range b {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// peerState translates what a peer says.
func peerState(s pod.Seen) drain.Peer {
	switch {
	case s.Gone || s.Stranger:
		return drain.PeerGone
	case s.Exited:
		return drain.PeerStopping
	case s.State == "":
		return drain.PeerUnknown
	case s.State == peerStarting || s.State == peerReady || s.State == drain.Running.String():
		return drain.PeerRunning
	}
	return drain.PeerStopping
}
