package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"drainit/internal/front"
)

// mostRoutes is how many --front there may be.
const mostRoutes = 16

// route is one --front: the port that clients know, and the program's.
type route struct {
	listen string
	target front.Target
}

func (r route) String() string { return r.listen + "=" + r.target.String() }

// setFront reads routes: a line each, as a flag that repeats, or with commas
// between them, as its variable.
func setFront(c *config, v string) error {
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
		c.Front = append(c.Front, route{listen, target})
	}
	switch {
	case wrong != nil:
		return errors.New(strings.Join(wrong, "\n"))
	case len(c.Front) == 0:
		return errors.New("no route; write LISTEN=TARGET, as :8080=127.0.0.1:8081, or none")
	case len(c.Front) > mostRoutes:
		return fmt.Errorf("%d routes; %d at most", len(c.Front), mostRoutes)
	}
	c.Settings.Front = true
	return nil
}

func setFrontForwarded(c *config, v string) error {
	switch v {
	case "append", "off":
		c.FrontForwarded = v == "append"
		return nil
	}
	if n := nearest(strings.ToLower(v), []string{"append", "off"}); n != "" {
		return fmt.Errorf("neither append nor off; did you mean %s?", n)
	}
	return errors.New("neither append nor off; append adds the client's address to X-Forwarded-For, off leaves it as it came")
}

// checkFront keeps the front from being taken for the program: each port has one
// owner, and what is asked about the program is asked of the program.
func (r *reading) checkFront() {
	listens := map[uint16]string{}
	for _, one := range r.cfg.Front {
		port := portOf(one.listen)
		if before, twice := listens[port]; twice {
			r.wrong("front", fmt.Sprintf("%s and %s: port %d twice; a port has one target", before, one, port))
		}
		listens[port] = one.String()
		if port == portOf(r.cfg.ProbeAddr) {
			r.wrong("front", fmt.Sprintf("%s: port %d is where drainit serves its own probes; set another --probe-addr", one, port))
		}
	}
	for _, one := range r.cfg.Front {
		r.checkTarget(one, listens)
	}
	r.checkAskedThroughFront(listens)
}

// checkTarget: a target on this machine that is drainit's own would be no program.
func (r *reading) checkTarget(one route, listens map[uint16]string) {
	port := portOf(one.target.Address)
	if !isThisMachine(one.target.Address) {
		return
	}
	switch via, own := listens[port]; {
	case own && via == one.String():
		r.wrong("front", fmt.Sprintf("%s: the program cannot listen where the front does; move it to another port, as %s=127.0.0.1:%d", one, one.listen, port+1))
	case own:
		r.wrong("front", fmt.Sprintf("%s: its target is where %s listens; write the program's own port", one, via))
	case port == portOf(r.cfg.ProbeAddr):
		r.wrong("front", fmt.Sprintf("%s: its target is where drainit serves its own probes (--probe-addr); write the program's port", one))
	}
}

// checkAskedThroughFront: asked through the front the program's own checks would
// be requests in flight.
func (r *reading) checkAskedThroughFront(listens map[uint16]string) {
	for _, port := range r.cfg.Ports {
		if via, own := listens[port]; own {
			r.wrong("ports", fmt.Sprintf("%d is where drainit itself listens (--front %s); write the program's port", port, via))
		}
	}
	for _, name := range []string{"ready-check", "live-check"} {
		u, err := url.Parse(r.values[name].text)
		if err != nil || !isLoopback(u.Hostname()) {
			continue
		}
		port, _ := strconv.ParseUint(u.Port(), 10, 16)
		if via, own := listens[uint16(port)]; own {
			r.wrong(name, fmt.Sprintf("asks drainit itself (--front %s); write the program's own port", via))
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
	host, _, _ := net.SplitHostPort(dialable(addr))
	return isLoopback(host)
}

// routeTexts are the routes as they are written.
func routeTexts(routes []route) []string {
	var list []string
	for _, one := range routes {
		list = append(list, one.String())
	}
	return list
}

// targetPorts are the program's ports, as far as they are on this machine.
func targetPorts(routes []route) []uint16 {
	var ports []uint16
	for _, one := range routes {
		if port := portOf(one.target.Address); one.target.Network == "tcp" && isThisMachine(one.target.Address) && !slices.Contains(ports, port) {
			ports = append(ports, port)
		}
	}
	return ports
}

// targetAddrs are the program's addresses on this machine, as far as they are
// written as such. A name may be several.
func targetAddrs(routes []route) []netip.AddrPort {
	var addrs []netip.AddrPort
	for _, one := range routes {
		if addr, err := netip.ParseAddrPort(one.target.Address); err == nil && addr.Addr().IsLoopback() {
			addrs = append(addrs, addr)
		}
	}
	return addrs
}
