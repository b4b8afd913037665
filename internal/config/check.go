package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
)

// Check looks at what must fit together, as far as it could be read, and works
// out the plan.
func (r *Reading) Check() {
	if r.readable("front", "probe-addr") {
		r.checkFront()
	}
	plan, misfits := r.Config.Settings.Plan()
	r.Config.Plan = plan
	if r.readable("grace-period", "drain-delay", "drain-until", "deadline", "name", "stop-order", "front-long-lived") {
		for _, m := range misfits {
			r.Wrong(m.Setting, m.Wrong+"; "+m.Remedy)
		}
	}
	if r.readable("map", "stop-on") {
		if err := r.Config.Map.Check(r.Config.StopOn); err != nil {
			r.Wrong("map", err.Error())
		}
	}
	if r.readable("name", "stop-order", "exit-with") {
		r.checkPeers()
	}
	if r.Config.Settings.Front && r.Config.Settings.IdleCheck {
		r.Wrong("idle-check", "the front knows by itself what is in flight; leave one of --idle-check and --front out")
	}
	if r.readable("stop-signal", "at-stop") && r.Config.StopSignal.None() && !r.Config.Settings.AtStop {
		r.Wrong("stop-signal", "nothing would stop the program; add what does, such as --at-stop write:/run/app.fifo:q, or write auto")
	}
	if r.readable("probe-addr") {
		r.checkProbePort()
	}
}

// readable reports whether the values of all these settings could be read.
func (r *Reading) readable(names ...string) bool {
	return !slices.ContainsFunc(names, func(n string) bool { return r.Bad[n] })
}

// checkProbePort keeps drainit from being taken for the program: readiness that
// waits for drainit's own port, or asks drainit itself, says nothing.
func (r *Reading) checkProbePort() {
	_, port, err := net.SplitHostPort(r.Config.ProbeAddr)
	if err != nil {
		return // off
	}
	own, _ := strconv.ParseUint(port, 10, 16)
	if slices.Contains(r.Config.Ports, uint16(own)) {
		r.Wrong("ports", port+" is where drainit serves its own probes (--probe-addr); write the program's port")
	}
	for _, name := range []string{"ready-check", "live-check"} {
		if u, err := url.Parse(r.Values[name].text); err == nil && u.Port() == port && IsLoopback(u.Hostname()) {
			r.Wrong(name, "asks drainit itself (--probe-addr); write the program's own port")
		}
	}
}

// IsLoopback reports whether a host, as in an address to listen on, is a loopback one.
func IsLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// CheckPod looks at the plans of the other places, which every drainit can only
// check for itself when it starts.
func (r *Reading) CheckPod() {
	if len(r.Problems) > 0 {
		return
	}
	for _, name := range r.Config.Settings.Order {
		_, misfits := r.Config.Settings.At(name).Plan()
		for _, m := range misfits {
			r.Wrong(m.Setting, fmt.Sprintf("of %s: %s; %s", name, m.Wrong, m.Remedy))
		}
	}
}
