package main

import (
	"fmt"
	"net/netip"
	"time"
)

// A fleet are replicas that keep their addresses, since a balancer's configuration has them.
type fleet struct {
	network   string
	addresses []string
	start     func(replica int) error
	replace   func(replica int) error // stops it and starts a new one, which is awaited elsewhere
}

// newFleet makes the network of a cell. The engine is asked for a range of addresses that is free: only in one that was
// named may a container say its address.
func newFleet(c cell) (*fleet, error) {
	f := &fleet{network: c.name}
	if _, err := docker("network", "create", "--label", label, f.network); err != nil {
		return nil, err
	}
	subnet, err := docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Subnet}}", f.network)
	if err != nil {
		return nil, err
	}
	prefix, err := netip.ParsePrefix(subnet)
	if err != nil {
		return nil, err
	}
	address := prefix.Masked().Addr()
	for range 10 { // the first are the gateway's and the balancer's
		address = address.Next()
	}
	for range replicas {
		f.addresses = append(f.addresses, address.String())
		address = address.Next()
	}
	if _, err := docker("network", "rm", f.network); err != nil {
		return nil, err
	}
	_, err = docker("network", "create", "--label", label, "--subnet", subnet, f.network)
	return f, err
}

// byDocker are replicas replaced by docker stop, docker rm and docker run.
func byDocker(c cell) (*fleet, error) {
	f, err := newFleet(c)
	if err != nil {
		return nil, err
	}
	name := func(replica int) string { return fmt.Sprintf("%s-%d", c.name, replica) }
	f.start = func(replica int) error {
		flags := append(c.environment(), "--name", name(replica), "--ip", f.addresses[replica])
		_, err := start(f.network, flags, image, c.command(c.setup)...)
		return err
	}
	f.replace = func(replica int) error {
		if _, err := docker("stop", "--time", fmt.Sprint(int(grace/time.Second)), name(replica)); err != nil {
			return err
		}
		if _, err := docker("rm", name(replica)); err != nil {
			return err
		}
		return f.start(replica)
	}
	return f, nil
}

// startAll starts the replicas.
func (f *fleet) startAll() error {
	for n := range f.addresses {
		if err := f.start(n); err != nil {
			return err
		}
	}
	return nil
}

// roll replaces one after the other, each when the one before it is in use.
func (f *fleet) roll(settled func() error) (time.Duration, error) {
	began := time.Now()
	for n := range f.addresses {
		if err := f.replace(n); err != nil {
			return 0, err
		}
		if err := settled(); err != nil {
			return 0, err
		}
	}
	return time.Since(began), nil
}
