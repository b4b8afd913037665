package main

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
)

// check looks at what must fit together, as far as it could be read, and works
// out the plan.
func (r *reading) check() {
	if r.readable("front", "probe-addr") {
		r.checkFront()
	}
	plan, misfits := r.cfg.Settings.Plan()
	r.cfg.Plan = plan
	if r.readable("grace-period", "drain-delay", "drain-until", "deadline", "name", "stop-order") {
		for _, m := range misfits {
			r.wrong(m.Setting, m.Wrong+"; "+m.Remedy)
		}
	}
	if r.readable("map", "stop-on") {
		if err := r.cfg.Map.Check(r.cfg.StopOn); err != nil {
			r.wrong("map", err.Error())
		}
	}
	if r.readable("name", "stop-order", "exit-with") {
		r.checkPeers()
	}
	if r.readable("stop-signal", "at-stop") && r.cfg.StopSignal.None() && !r.cfg.Settings.AtStop {
		r.wrong("stop-signal", "nothing would stop the program; add what does, such as --at-stop write:/run/app.fifo:q, or write auto")
	}
	if r.readable("probe-addr") {
		r.checkProbePort()
	}
}

// readable reports whether the values of all these settings could be read.
func (r *reading) readable(names ...string) bool {
	return !slices.ContainsFunc(names, func(n string) bool { return r.bad[n] })
}

// checkProbePort keeps drainit from being taken for the program: readiness that
// waits for drainit's own port, or asks drainit itself, says nothing.
func (r *reading) checkProbePort() {
	_, port, err := net.SplitHostPort(r.cfg.ProbeAddr)
	if err != nil {
		return // off
	}
	own, _ := strconv.ParseUint(port, 10, 16)
	if slices.Contains(r.cfg.Ports, uint16(own)) {
		r.wrong("ports", port+" is where drainit serves its own probes (--probe-addr); write the program's port")
	}
	for _, name := range []string{"ready-check", "live-check"} {
		if u, err := url.Parse(r.values[name].text); err == nil && u.Port() == port && isLoopback(u.Hostname()) {
			r.wrong(name, "asks drainit itself (--probe-addr); write the program's own port")
		}
	}
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
