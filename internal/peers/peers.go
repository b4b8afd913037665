// Package peers is the other drainits: those of the stop order and of --exit-with, and
// those who listen on a probe address next to this one's.
package peers

import (
	"context"
	"slices"
	"sync"
	"time"

	"drainit/internal/config"
	"drainit/internal/drain"
	"drainit/internal/pod"
)

// Peers is what the supervisor has to do with the other drainits of the pod:
// the seam at which a test can say what they do. Its goroutines only send news.
type Peers struct {
	News  <-chan News             // nil: there are no peers
	Say   func(state string)      // what this one does now
	Leave func(status int)        // what it is about to leave with
	Meet  func(before []string)   // send news of these, from now on
	Hurry func()                  // a peer to exit with may be there now
	Ask   func() (now []pod.Seen) // what all peers do now
}

// News is an event, and whose it is.
type News struct {
	Of Role
	pod.Event
}

// Role is why somebody looked.
type Role int

const (
	peerServing Role = iota // of serving the own name
	peerGreeted             // at the start
	Before                  // one before this one in the stop order, in a stop
	ExitWith                // one to exit with
)

// None is where there is no stop order and no --exit-with.
func None() Peers {
	return Peers{
		Say:   func(string) {},
		Leave: func(int) {},
		Meet:  func([]string) {},
		Hurry: func() {},
		Ask:   func() []pod.Seen { return nil },
	}
}

// What a peer says it does before the names of [drain.State].
const (
	peerStarting = "starting" // it was not ready yet, as far as anybody has asked
	Ready        = "ready"    // it was, once
)

// Join opens what the settings of the pod need, and nothing without them.
func Join(cfg config.Config) Peers {
	name, order := cfg.Settings.Name, cfg.Settings.Order
	if name == "" && len(cfg.ExitWith) == 0 {
		return None()
	}
	ctx := context.Background() // to the end
	self := pod.NewSelf(cfg.PodID, name, order)
	others := slices.DeleteFunc(slices.Clone(order), func(n string) bool { return n == name })
	news, hurry := make(chan News), make(chan struct{}, 1)
	p := None()
	p.News = news
	p.Meet = func(before []string) {
		for _, one := range before {
			go pod.Watch(ctx, self, one, false, nil, func(s pod.Seen) { news <- News{Before, s} })
		}
	}
	p.Hurry = func() {
		select {
		case hurry <- struct{}{}:
		default:
		}
	}
	p.Ask = cached(func() []pod.Seen { return pod.Ask(ctx, self, union(others, cfg.ExitWith), false) })
	greet := sync.OnceFunc(func() { greetPeers(ctx, self, others, news) })
	if name != "" {
		serveName(&p, pod.Serve(ctx, self, func(e pod.Event) {
			go greet() // who is greeted may look here next, so not before the name is served
			news <- News{peerServing, e}
		}))
	}
	for _, one := range cfg.ExitWith {
		go watchToTheEnd(ctx, self, one, hurry, news)
	}
	return p
}

// greetPeers tells those that are there already that this one is, and what its
// order is. Of two peers one starts later.
func greetPeers(ctx context.Context, self pod.Self, others []string, news chan<- News) {
	if len(others) == 0 {
		return
	}
	for _, seen := range pod.Ask(ctx, self, others, true) {
		news <- News{peerGreeted, seen}
	}
}

// serveName has p say things to those who connect.
func serveName(p *Peers, server *pod.Server) {
	var mu sync.Mutex
	last := peerStarting
	server.Say(last)
	p.Say = func(state string) {
		mu.Lock()
		defer mu.Unlock()
		if state != Ready || last == peerStarting { // readiness is news until the stop
			last = state
			server.Say(state)
		}
	}
	p.Leave = server.SayExit
}

// watchToTheEnd watches a peer to exit with until one has gone that can be
// believed.
func watchToTheEnd(ctx context.Context, self pod.Self, name string, hurry <-chan struct{}, news chan<- News) {
	for over := false; !over; time.Sleep(time.Second) {
		pod.Watch(ctx, self, name, true, hurry, func(s pod.Seen) {
			over = s.Gone && s.Believed
			news <- News{ExitWith, s}
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

// State translates what a peer says. Of a stranger on its name nothing is
// known but that it is there, so that it is waited for as one that says nothing.
func State(s pod.Seen) drain.Peer {
	switch {
	case s.Gone:
		return drain.PeerGone
	case s.Stranger:
		return drain.PeerUnknown
	case s.Exited:
		return drain.PeerStopping
	case s.State == "":
		return drain.PeerUnknown
	case s.State == peerStarting || s.State == Ready || s.State == drain.Running.String():
		return drain.PeerRunning
	}
	return drain.PeerStopping
}
