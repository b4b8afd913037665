package ctl

import (
	"fmt"
	"net"

	"drainit/internal/config"
)

// probeTarget is where to ask, and whose answer is expected.
type probeTarget struct {
	addr string // as drainit listens on it; "": probes are off
	from string // what says so, for messages
	pid  int    // of the drainit expected to answer; 0: any of this PID namespace
}

// target finds the probe address: ctl's own flag, or else what drainit's parser
// makes of the running drainit's flags and of the variables.
func (c call) target(sc config.Scanned) (to probeTarget, err error) {
	if sc.Has("probe-addr") {
		to, err = targetGiven(sc.Given["probe-addr"])
	} else {
		to, err = c.targetFound()
	}
	switch {
	case err == nil && config.PortIsChosen(to.addr):
		return c.chosen(to)
	case err == nil && to.addr == "":
		err = fmt.Errorf("probes are off (%s), so there is nothing to ask; set a --probe-addr, which 127.0.0.1:%s keeps inside the pod", to.from, config.ProbePort)
	}
	return to, err
}

func targetGiven(addr string) (probeTarget, error) {
	var cfg config.Config
	if err := config.SetProbeAddr(&cfg, addr); err != nil {
		return probeTarget{}, misuse{config.Problem{Flag: "--probe-addr", Value: addr, HasValue: true, Says: err.Error()}}
	}
	return probeTarget{addr: cfg.ProbeAddr, from: "--probe-addr"}, nil
}

// targetFound takes the variable from ctl's own environment, which is that of
// the container as a rule, and only then from the running drainit's.
func (c call) targetFound() (probeTarget, error) {
	to := probeTarget{from: "the default"}
	var args []string
	env := c.env
	if n, ok := c.around.findDrainit(); ok && n.sure {
		to.pid = n.pid
		args = n.argv[1:]
		if environ, err := c.around.env(n.pid); err == nil && config.Getenv(env, config.VariableOf("probe-addr")) == "" {
			env = environ
		}
	}
	r := config.Read(args, env)
	if r.Bad["probe-addr"] {
		return to, misuse{r.About("probe-addr")}
	}
	to.addr = r.Config.ProbeAddr
	if v, ok := r.Values["probe-addr"]; ok {
		to.from = v.Variable
		if v.Variable == "" {
			to.from = fmt.Sprintf("--probe-addr of PID %d", to.pid)
		}
	}
	return to, nil
}

// loopbacks returns the addresses at which to reach, from this container, what
// listens on addr. What listens on all addresses does so on both loopback ones
// as a rule, and on [::1] alone where there is no IPv4.
func loopbacks(addr string) []string {
	list := []string{config.Dialable(addr)}
	host, port, _ := net.SplitHostPort(addr)
	if host == "" || host == "::" {
		list = append(list, net.JoinHostPort("::1", port))
	}
	return list
}
