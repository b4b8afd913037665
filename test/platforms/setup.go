package main

import (
	"slices"
	"time"
)

// What the example server does on SIGTERM.
const (
	exits   = "exit"
	drains  = "drain"
	ignores = "ignore"
)

// A setup is what stays the same while lanes are compared.
type setup struct {
	table    string // that it is a part of
	route    route
	mode     string
	response time.Duration
	lanes    []lane
	extra    bool // only where -only asks for it: one cell at a time, all would take hours
}

// A route is how requests find the server, and how that is replaced.
type route struct {
	name  string
	swarm bool
	begin func(*swarm, cell) (place, error)
}

// A cell is a set-up under one lane.
type cell struct {
	setup
	lane
	name string // of what is made for it
}

// A place is where a cell is measured: what clients ask, a wait until everything there is in use, and a rollout of it.
type place struct {
	address string
	settled func() error
	roll    func() (time.Duration, error)
	servers func() (map[string]string, error) // that HAProxy uses, by name; nil without it
}

// setups are all that is measured, in the order of the tables.
func setups() []setup {
	const moment, slow = 500 * time.Millisecond, 6 * time.Second
	all := []setup{}
	for _, mode := range []string{exits, drains} {
		for _, response := range []time.Duration{0, moment, slow} {
			all = append(all, setup{"swarm", dnsSoon, mode, response, everyLane, mode != exits || response != slow})
		}
	}
	withLonger := append(slices.Clone(everyLane), longer)
	all = append(all,
		setup{"swarm", dnsSoon, ignores, moment, everyLane, true},
		setup{"swarm", dnsLate, exits, moment, withLonger, false},
	)
	for _, response := range []time.Duration{moment, slow} {
		all = append(all, setup{"health", checksSoon, exits, response, everyLane, response == slow})
	}
	return append(all,
		setup{"health", checksSoon, drains, moment, everyLane, true},
		setup{"health", checksLate, exits, moment, withLonger, false},
		setup{"health", nginx, exits, moment, everyLane, true},
		setup{"health", nginx, drains, moment, everyLane, true},
		setup{"compose", composeSoon, exits, moment, everyLane, false},
		setup{"compose", composeLate, exits, moment, withLonger, false},
	)
}

// smoke are the set-ups of the quick mode.
func smoke() []setup {
	var all []setup
	for _, route := range []route{dnsLate, checksSoon, composeSoon} {
		all = append(all, setup{"smoke", route, exits, 500 * time.Millisecond, []lane{bare, tini, fixed}, false})
	}
	return all
}

// The routes.
var (
	dnsSoon = route{"HAProxy, `hold obsolete 0s`", true, throughDNS("0s")}
	dnsLate = route{"HAProxy, `hold obsolete 10s`", true, throughDNS("10s")}

	checksSoon = route{"HAProxy, `inter 1s fall 2`", false, throughChecks(byDocker, "inter 1s fall 2")}
	checksLate = route{"HAProxy, `inter 2s fall 4`", false, throughChecks(byDocker, "inter 2s fall 4")}
	nginx      = route{"nginx, no checks", false, throughNginx}

	composeSoon = route{"HAProxy, `inter 1s fall 2`", false, throughChecks(byCompose, "inter 1s fall 2")}
	composeLate = route{"HAProxy, `inter 2s fall 4`", false, throughChecks(byCompose, "inter 2s fall 4")}
)

func throughDNS(obsolete string) func(*swarm, cell) (place, error) {
	return func(s *swarm, c cell) (place, error) {
		if err := s.create(c.name, c.lane, c.setup); err != nil {
			return place{}, err
		}
		b, err := startHAProxy(s.network, c.name, byDNS(c.name, obsolete))
		return place{
			address: b.address,
			settled: b.settled,
			roll:    func() (time.Duration, error) { return s.update(c.name) },
			servers: b.backends,
		}, err
	}
}
