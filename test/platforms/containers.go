package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"time"
)

// A fleet are replicas of the server. Those of Swarm are found by the service's name; others keep their addresses, since
// a balancer's configuration has them.
type fleet struct {
	network   string
	service   string
	addresses []string
	start     func(replica int) error
	replace   func(replica int) error // stops it and starts a new one, which is awaited elsewhere
	update    func() (time.Duration, error)
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
	for range 10 { // the first are the gateway's and the balancers'
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
func byDocker(_ *swarm, c cell) (*fleet, error) {
	f, err := newFleet(c)
	if err != nil {
		return nil, err
	}
	name := func(replica int) string { return fmt.Sprintf("%s-%d", c.name, replica) }
	f.start = func(replica int) error {
		flags := append(c.flags(), "--name", name(replica), "--ip", f.addresses[replica])
		_, err := start(f.network, flags, image, c.command()...)
		return err
	}
	f.replace = func(replica int) error {
		if _, err := docker("stop", "--time", c.graceSeconds(), name(replica)); err != nil {
			return err
		}
		if _, err := docker("rm", name(replica)); err != nil {
			return err
		}
		return f.start(replica)
	}
	return f, f.startAll()
}

// startAll starts the replicas and waits for them.
func (f *fleet) startAll() error {
	for n, address := range f.addresses {
		if err := f.start(n); err != nil {
			return err
		}
		if err := answers(address + ":8080"); err != nil {
			return err
		}
	}
	return nil
}

// roll replaces one after the other, each when the one before it is in use on every route.
func (f *fleet) roll(routes []*balancer) (time.Duration, error) {
	if f.update != nil {
		return f.update()
	}
	began := time.Now()
	for n := range f.addresses {
		if err := f.step(n, routes); err != nil {
			return 0, err
		}
	}
	return time.Since(began), nil
}

// step replaces one replica, and tells the balancers that need it, before and after.
func (f *fleet) step(replica int, routes []*balancer) error {
	for _, b := range routes {
		if err := b.leave(replica); err != nil {
			return err
		}
	}
	if err := f.replace(replica); err != nil {
		return err
	}
	if err := answers(f.addresses[replica] + ":8080"); err != nil {
		return err
	}
	for _, b := range routes {
		if err := b.join(); err != nil {
			return err
		}
	}
	return settled(routes)
}

// settled waits until every route leads to every replica.
func settled(routes []*balancer) error {
	var errs []error
	for _, b := range routes {
		errs = append(errs, b.settled())
	}
	return errors.Join(errs...)
}

// answers waits until the server answers at an address, or a balancer leads there.
func answers(address string) error {
	client := http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	err := until(30*time.Second, func() bool {
		response, err := client.Get("http://" + address + "/healthz")
		if err != nil {
			return false
		}
		response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
	if err != nil {
		return fmt.Errorf("%s does not answer: %w", address, err)
	}
	return nil
}
