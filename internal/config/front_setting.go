package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"drainit/internal/drain"
	"drainit/internal/front"
)

// mostRoutes is how many --front there may be.
const mostRoutes = 16

// Route is one --front: the port that clients know, and the program's.
type Route struct {
	Listen   string
	Target   front.Target // may be chosen at the start: see [Config.WithPorts]
	Variable string       // by which the program is told it then
}

func (r Route) String() string {
	if !r.Target.Known() {
		return r.Listen
	}
	return r.Listen + "=" + r.Target.String()
}

// setFront reads routes: a line each, as a flag that repeats, or with commas
// between them, as its variable.
func setFront(c *Config, v string) error {
	c.Front, c.Settings.Front = nil, false
	if v == "none" {
		return nil
	}
	var wrong []string
	for part := range strings.FieldsFuncSeq(v, func(r rune) bool { return r == ',' || r == '\n' }) {
		listen, target, err := front.ParseRoute(strings.TrimSpace(part))
		if err != nil {
			wrong = append(wrong, strings.TrimPrefix(err.Error(), fmt.Sprintf("%q: ", v)))
			continue
		}
		c.Front = append(c.Front, Route{Listen: listen, Target: target})
	}
	switch {
	case wrong != nil:
		return errors.New(strings.Join(wrong, "\n"))
	case len(c.Front) == 0:
		return errors.New("no route; write LISTEN=TARGET, as :8080=127.0.0.1:8081, LISTEN alone, or none")
	case len(c.Front) > mostRoutes:
		return fmt.Errorf("%d routes; %d at most", len(c.Front), mostRoutes)
	}
	c.Settings.Front = true
	return nil
}

func setFrontForwarded(c *Config, v string) error {
	switch v {
	case "append", "off":
		c.FrontForwarded = v == "append"
		return nil
	}
	if n := Nearest(strings.ToLower(v), []string{"append", "off"}); n != "" {
		return fmt.Errorf("neither append nor off; did you mean %s?", n)
	}
	return errors.New("neither append nor off; append adds the client's address to X-Forwarded-For, off leaves it as it came")
}

// checkFront keeps the front from being taken for the program: each port has one
// owner, and what is asked about the program is asked of the program.
func (r *Reading) checkFront() {
	listens := map[uint16]string{}
	for _, one := range r.Config.Front {
		port := portOf(one.Listen)
		if before, twice := listens[port]; twice {
			r.Wrong("front", fmt.Sprintf("%s and %s: port %d twice; a port has one target", before, one, port))
		}
		listens[port] = one.String()
		if port == portOf(r.Config.ProbeAddr) {
			r.Wrong("front", fmt.Sprintf("%s: port %d is where drainit serves its own probes; set another --probe-addr", one, port))
		}
	}
	for _, one := range r.Config.Front {
		r.checkTarget(one, listens)
	}
	r.checkAskedThroughFront(listens)
	if r.readable("front-port-variable") {
		r.nameFrontPorts()
	}
}

// checkTarget: a target on this machine that is drainit's own would be no program.
func (r *Reading) checkTarget(one Route, listens map[uint16]string) {
	port := portOf(one.Target.Address)
	if !one.Target.Known() || !isThisMachine(one.Target.Address) {
		return
	}
	switch via, own := listens[port]; {
	case own && via == one.String():
		r.Wrong("front", fmt.Sprintf("%s: the program cannot listen where the front does; move it to another port, as %s=127.0.0.1:%d", one, one.Listen, port+1))
	case own:
		r.Wrong("front", fmt.Sprintf("%s: its target is where %s listens; write the program's own port", one, via))
	case port == portOf(r.Config.ProbeAddr):
		r.Wrong("front", fmt.Sprintf("%s: its target is where drainit serves its own probes (--probe-addr); write the program's port", one))
	}
}

// checkAskedThroughFront: asked through the front the program's own checks would
// be requests in flight.
func (r *Reading) checkAskedThroughFront(listens map[uint16]string) {
	for _, port := range r.Config.Ports {
		if via, own := listens[port]; own {
			r.Wrong("ports", fmt.Sprintf("%d is where drainit itself listens (--front %s); write the program's port", port, via))
		}
	}
	for _, name := range []string{"ready-check", "live-check"} {
		u, err := url.Parse(r.Values[name].text)
		if err != nil || !IsLoopback(u.Hostname()) {
			continue
		}
		port, _ := strconv.ParseUint(u.Port(), 10, 16)
		if via, own := listens[uint16(port)]; own {
			r.Wrong(name, fmt.Sprintf("asks drainit itself (--front %s); write the program's own port", via))
		}
	}
}

// portOf is the port of HOST:PORT, 0 where there is none.
func portOf(addr string) uint16 {
	_, text, err := net.SplitHostPort(addr)
	if err != nil {
		return 0
	}
	port, _ := strconv.ParseUint(text, 10, 16)
	return uint16(port)
}

// isThisMachine reports whether HOST:PORT is loopback or no host in particular.
func isThisMachine(addr string) bool {
	host, _, _ := net.SplitHostPort(Dialable(addr))
	return IsLoopback(host)
}

// RouteTexts are the routes as they are written.
func RouteTexts(routes []Route) []string {
	var list []string
	for _, one := range routes {
		list = append(list, one.String())
	}
	return list
}

// TargetPorts are the program's ports, as far as they are on this machine.
func TargetPorts(routes []Route) []uint16 {
	var ports []uint16
	for _, one := range routes {
		if port := portOf(one.Target.Address); one.Target.Network == "tcp" && isThisMachine(one.Target.Address) && !slices.Contains(ports, port) {
			ports = append(ports, port)
		}
	}
	return ports
}

// FrontCloses is when the front takes nothing new in at the latest, unless that
// was asked for: when the delay is over, and peers have gone.
func FrontCloses(p drain.Plan, rec drain.Record) time.Duration {
	switch {
	case rec.T0.IsZero():
		return max(p.Longest(), p.PeersLatest())
	case len(rec.WaitsFor) > 0:
		return max(rec.Hold, p.PeersLatest())
	}
	return rec.Hold
}

// IsReachable reports whether the route's address is not loopback.
func (r Route) IsReachable() bool {
	host, _, _ := net.SplitHostPort(r.Listen)
	return !IsLoopback(host)
}
