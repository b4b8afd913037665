package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// A swarm is this engine as a Swarm of one node, with a network for services.
type swarm struct{ network string }

// joinSwarm makes the engine a Swarm, unless it is in one already, which would be somebody's.
func joinSwarm() (*swarm, error) {
	state, err := docker("info", "--format", "{{.Swarm.LocalNodeState}}")
	if err != nil {
		return nil, err
	}
	if state != "inactive" {
		return nil, fmt.Errorf("the engine's Swarm is %s, and may be in use: docker swarm leave, or another engine", state)
	}
	if _, err := docker("swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1",
		"--task-history-limit", "1"); err != nil {
		return nil, err
	}
	s := &swarm{network: run}
	// Attachable: a service's published port cannot be bound to the loopback, a container's can.
	_, err = docker("network", "create", "--driver", "overlay", "--attachable", "--label", label, s.network)
	if err != nil {
		s.leave()
		return nil, err
	}
	return s, nil
}

// leave ends the Swarm. Containers outside of it stay.
func (s *swarm) leave() { endSwarm(label, "--filter", "network="+s.network) }

// endSwarm removes what carries a label, of the containers those chosen, and leaves the Swarm when no task is left.
func endSwarm(label string, chosen ...string) {
	removeListed(label, []string{"service", "ls"}, []string{"service", "rm"})
	err := until(time.Minute, func() bool {
		left, err := docker("ps", "--all", "--quiet", "--filter", "label=com.docker.swarm.service.name")
		return hung.Load() || err == nil && left == ""
	})
	removeListed(label, append([]string{"ps", "--all"}, chosen...), []string{"rm", "--force", "--volumes"})
	removeListed(label, []string{"network", "ls", "--filter", "driver=overlay"}, []string{"network", "rm"})
	if err != nil {
		fmt.Fprintln(os.Stderr, "platforms: tasks are left in the Swarm:", err)
	}
	if _, err := docker("swarm", "leave", "--force"); err != nil {
		fmt.Fprintln(os.Stderr, "platforms:", err)
	}
}

// asService is a service that is found by DNS, whose tasks are started in the background. order is which comes first, the
// stop of the old task or the start of the new one.
func asService(order string) func(*swarm, cell) (*fleet, error) {
	return func(s *swarm, c cell) (*fleet, error) {
		args := []string{"service", "create", "--name", c.name, "--label", label, "--no-resolve-image", "--detach",
			"--network", s.network, "--endpoint-mode", "dnsrr", "--replicas", fmt.Sprint(replicas),
			"--stop-grace-period", c.grace.String(), "--update-order", order, "--update-monitor", "1s"}
		args = append(args, c.flags()...)
		_, err := docker(append(append(args, image), c.command()...)...)
		update := func() (time.Duration, error) { return s.update(c.name) }
		return &fleet{network: s.network, service: c.name, update: update}, err
	}
}

// update replaces every task of a service, one after the other, and returns how long that took until the last of the old
// ones had gone. Swarm does not wait for them where it starts first.
func (s *swarm) update(name string) (time.Duration, error) {
	began := time.Now()
	before, _ := docker("service", "inspect", "--format", "{{.UpdateStatus.StartedAt}}", name)
	if _, err := docker("service", "update", "--force", "--no-resolve-image", "--detach", name); err != nil {
		return 0, err
	}
	var wrong error
	err := until(10*time.Minute, func() bool {
		var done bool
		done, wrong = updated(name, before)
		return done || wrong != nil
	})
	if err == nil && wrong == nil {
		err = until(2*grace, func() bool { return len(s.tasks(name)) == replicas })
	}
	return time.Since(began), errors.Join(err, wrong)
}

// tasks are the containers of a service that run, those that are being stopped included.
func (s *swarm) tasks(name string) []string {
	ids, _ := docker("ps", "--quiet", "--filter", "label=com.docker.swarm.service.name="+name)
	return strings.Fields(ids)
}

// updated reports whether an update that began after another one is over.
func updated(name, before string) (bool, error) {
	const format = `{{with .UpdateStatus}}{{.State}}|{{.StartedAt}}{{end}}`
	text, err := docker("service", "inspect", "--format", format, name)
	state, began, found := strings.Cut(text, "|")
	if err != nil || !found || began == before || state == "updating" {
		return false, err
	}
	if state != "completed" {
		return false, fmt.Errorf("update of %s: %s", name, text)
	}
	return true, nil
}
