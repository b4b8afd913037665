package main

import (
	"fmt"
	"net"
)

// probeTarget is where to ask, and whose answer is expected.
type probeTarget struct {
	addr string // as drainit listens on it; "": probes are off
	from string // what says so, for messages
	pid  int    // of the drainit expected to answer; 0: any of this PID namespace
}

// target finds the probe address: ctl's own flag, or else what drainit's parser
// makes of the running drainit's flags and of the variables.
func (c ctlCall) target(sc scanned) (to probeTarget, err error) {
	if sc.has("probe-addr") {
		to, err = targetGiven(sc.given["probe-addr"])
	} else {
		to, err = c.targetFound()
	}
	if err == nil && to.addr == "" {
		err = fmt.Errorf("probes are off (%s), so there is nothing to ask; set a --probe-addr, which 127.0.0.1:%s keeps inside the pod", to.from, probePort)
	}
	return to, err
}

func targetGiven(addr string) (probeTarget, error) {
	var cfg config
	if err := setProbeAddr(&cfg, addr); err != nil {
		return probeTarget{}, misuse{problem{"--probe-addr", addr, true, "", err.Error()}}
	}
	return probeTarget{addr: cfg.ProbeAddr, from: "--probe-addr"}, nil
}

// targetFound takes the variable from ctl's own environment, which is that of
// the container as a rule, and only then from the running drainit's.
func (c ctlCall) targetFound() (probeTarget, error) {
	to := probeTarget{from: "the default"}
	var args []string
	env := c.env
	if n, ok := c.around.findDrainit(); ok && n.sure {
		to.pid = n.pid
		args = n.argv[1:]
		if environ, err := c.around.env(n.pid); err == nil && getenv(env, variableOf("probe-addr")) == "" {
			env = environ
		}
	}
	r := readConfig(args, env)
	if r.bad["probe-addr"] {
		return to, misuse{r.about("probe-addr")}
	}
	to.addr = r.cfg.ProbeAddr
	if v, ok := r.values["probe-addr"]; ok {
		to.from = v.variable
		if v.variable == "" {
			to.from = fmt.Sprintf("--probe-addr of PID %d", to.pid)
		}
	}
	return to, nil
}

// about returns the problems with one setting.
func (r *reading) about(name string) problems {
	var about problems
	for _, p := range r.problems {
		if p.flag == "--"+name {
			about = append(about, p)
		}
	}
	return about
}

// loopbacks returns the addresses at which to reach, from this container, what
// listens on addr. What listens on all addresses does so on both loopback ones
// as a rule, and on [::1] alone where there is no IPv4.
func loopbacks(addr string) []string {
	list := []string{dialable(addr)}
	host, port, _ := net.SplitHostPort(addr)
	if host == "" || host == "::" {
		list = append(list, net.JoinHostPort("::1", port))
	}
	return list
}
