package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// What the example server does on SIGTERM.
const (
	exits   = "exit"
	drains  = "drain"
	ignores = "ignore"
)

// What the platform allows, from its stop signal to its SIGKILL. A server that ignores the first takes all of it at each
// stop, and so is given less: 12 s are the least in which a hold of a quarter, HAProxy's checks (inter 1s fall 2) and an
// answer of 6 s fit before the deadline.
const (
	grace      = 30 * time.Second
	shortGrace = 12 * time.Second
)

const replicas = 3

// A setup is what stays the same while lanes are compared. Its routes lead to the same replicas in the same rollouts.
type setup struct {
	platform platform
	routes   []route
	mode     string
	grace    time.Duration
	lanes    []lane
}

// A platform runs replicas and replaces them.
type platform struct {
	name  string
	swarm bool
	begin func(*swarm, cell) (*fleet, error)
}

// A route is how requests find the replicas. Its name is that of its table, after the platform's.
type route struct {
	name  string
	begin func(c cell, f *fleet, name string) (*balancer, error)
}

// A cell is a set-up under one lane.
type cell struct {
	setup
	lane
	name string // of what is made for it
}

var (
	inSwarm    = platform{"swarm-stop-first", true, asService("stop-first")}
	startFirst = platform{"swarm-start-first", true, asService("start-first")}
	byHand     = platform{"health", false, byDocker}
	byCompose  = platform{"compose", false, asComposed}
)

// What HAProxy does with its connections to servers after an answer: its default, and the other.
const (
	keepAlive   = "option http-keep-alive"
	serverClose = "option http-server-close"
)

// The routes. hold obsolete is 0 where nothing is said, and longer for a DNS that flaps.
var (
	dnsSoon     = route{"dns-soon", throughDNS("0s", keepAlive)}
	dnsLate     = route{"dns-late", throughDNS("10s", keepAlive)}
	dnsClose    = route{"dns-close", throughDNS("0s", serverClose)}
	checksSoon  = route{"checks-soon", throughChecks("inter 1s fall 2", keepAlive)}
	checksLate  = route{"checks-late", throughChecks("inter 2s fall 4", keepAlive)}
	checksClose = route{"checks-close", throughChecks("inter 1s fall 2", serverClose)}
	nginx       = route{"nginx", throughNginx(false)}
	nginxTold   = route{"nginx-told", throughNginx(true)}
)

// setups are all that is measured, in the order of the tables.
func setups() []setup {
	some := func(lanes ...lane) []lane { return lanes }
	routes := func(routes ...route) []route { return routes }
	withLonger := append(slices.Clone(unranged), longer)
	all := routes(checksSoon, checksLate, nginx, nginxTold)
	return []setup{
		{inSwarm, routes(dnsSoon, dnsLate), exits, grace, withLonger},
		{inSwarm, routes(dnsSoon), exits, grace, some(ranged)},
		{inSwarm, routes(dnsLate), exits, grace, some(ranged, idle)},
		{inSwarm, routes(dnsSoon), exits, grace, some(front)},
		{inSwarm, routes(dnsLate), exits, grace, some(frontLong)},
		{startFirst, routes(dnsSoon, dnsClose), exits, grace, append(slices.Clone(everyLane), idle, front)},
		{startFirst, routes(dnsSoon, dnsClose), drains, grace, everyLane},
		{startFirst, routes(dnsSoon, dnsClose), ignores, shortGrace, everyLane},

		{byHand, all, exits, grace, withLonger},
		{byHand, routes(checksSoon), exits, grace, some(ranged, idle)},
		{byHand, routes(checksLate), exits, grace, some(ranged, idle)},
		{byHand, routes(checksClose), exits, grace, some(idle)},
		{byHand, routes(nginx, nginxTold), exits, grace, some(ranged)},
		{byHand, routes(nginxTold), exits, grace, some(idle)},
		{byHand, routes(checksSoon, checksClose, nginxTold), exits, grace, some(front)},
		{byHand, routes(nginx), exits, grace, some(front)},
		{byHand, routes(checksLate), exits, grace, some(frontLong)},
		{byHand, all, drains, grace, withLonger},
		{byHand, routes(checksSoon), drains, grace, some(ranged)},
		{byHand, routes(checksLate), drains, grace, some(ranged)},
		{byHand, routes(nginx, nginxTold), drains, grace, some(ranged)},
		{byHand, all, ignores, shortGrace, everyLane},

		{byCompose, routes(checksSoon, checksLate), exits, grace, withLonger},
		{byCompose, routes(checksSoon), exits, grace, some(ranged, idle)},
		{byCompose, routes(checksLate), exits, grace, some(ranged, idle)},
		{byCompose, routes(checksSoon), exits, grace, some(front)},
		{byCompose, routes(checksLate), exits, grace, some(frontLong)},
		{byCompose, routes(checksSoon), drains, grace, everyLane},
	}
}

// smoke are the set-ups of the quick mode.
func smoke() []setup {
	lanes := []lane{bare, tini, fixed}
	return []setup{
		{inSwarm, []route{dnsSoon, dnsLate}, exits, grace, lanes},
		{byHand, []route{checksSoon, nginx, nginxTold}, exits, grace, lanes},
		{byCompose, []route{checksSoon}, exits, grace, lanes},
	}
}

// cells are the set-ups under each of their lanes.
func cells(all []setup) []cell {
	var cells []cell
	for _, u := range all {
		for _, l := range u.lanes {
			cells = append(cells, cell{u, l, fmt.Sprintf("%s-%d", run, len(cells))})
		}
	}
	return cells
}

// label is what -only looks for: swarm, exit, dns-soon dns-late, drainit, fixed.
func (c cell) label() string {
	var names []string
	for _, r := range c.routes {
		names = append(names, r.name)
	}
	return strings.Join([]string{c.platform.name, c.mode, strings.Join(names, " "), c.lane.name}, ", ")
}
