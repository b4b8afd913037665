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

// leave ends the Swarm when nothing is left in it.
func (s *swarm) leave() {
	removeListed([]string{"service", "ls"}, []string{"service", "rm"})
	err := until(time.Minute, func() bool {
		left, err := docker("ps", "--all", "--quiet", "--filter", "name=^"+run+"-.*\\.")
		return err == nil && left == ""
	})
	removeListed([]string{"ps", "--all"}, []string{"rm", "--force", "--volumes"})
	removeListed([]string{"network", "ls"}, []string{"network", "rm"})
	if err != nil {
		fmt.Fprintln(os.Stderr, "platforms: tasks are left in the Swarm:", err)
	}
	if _, err := docker("swarm", "leave", "--force"); err != nil {
		fmt.Fprintln(os.Stderr, "platforms:", err)
	}
}

// A service has three replicas that are found by DNS.
const replicas = 3

// create makes a service, whose tasks are started in the background.
func (s *swarm) create(name string, l lane, u setup) error {
	args := []string{"service", "create", "--name", name, "--label", label, "--no-resolve-image", "--detach",
		"--network", s.network, "--endpoint-mode", "dnsrr", "--replicas", fmt.Sprint(replicas),
		"--stop-grace-period", grace.String(), "--update-monitor", "1s"}
	args = append(args, l.environment()...)
	_, err := docker(append(append(args, image), l.command(u)...)...)
	return err
}

// update replaces every task of a service, one after the other, and returns how long Swarm says that took.
func (s *swarm) update(name string) (time.Duration, error) {
	before, _ := docker("service", "inspect", "--format", "{{.UpdateStatus.StartedAt}}", name)
	if _, err := docker("service", "update", "--force", "--no-resolve-image", "--detach", name); err != nil {
		return 0, err
	}
	var took time.Duration
	var wrong error
	err := until(10*time.Minute, func() bool {
		var done bool
		done, took, wrong = updated(name, before)
		return done || wrong != nil
	})
	return took, errors.Join(err, wrong)
}

// updated reports whether an update that began after another one is over.
func updated(name, before string) (bool, time.Duration, error) {
	const format = `{{with .UpdateStatus}}{{.State}}|{{.StartedAt}}|{{.CompletedAt}}{{end}}`
	text, err := docker("service", "inspect", "--format", format, name)
	fields := strings.Split(text, "|")
	if err != nil || len(fields) != 3 || fields[1] == before || fields[0] == "updating" {
		return false, 0, err
	}
	if fields[0] != "completed" {
		return false, 0, fmt.Errorf("update of %s: %s", name, text)
	}
	began, err := time.Parse(timeFormat, fields[1])
	if err != nil {
		return false, 0, err
	}
	ended, err := time.Parse(timeFormat, fields[2])
	return true, ended.Sub(began), err
}

// timeFormat is how templates of the Docker CLI print a time.
const timeFormat = "2006-01-02 15:04:05.999999999 -0700 MST"

// byDNS is HAProxy's backend that finds the tasks of a service through Docker's DNS, which it asks every second
// (timeout resolve, its default). obsolete is how long it keeps a server that is no longer in the answers; 0 is its
// default, and more is for a DNS that flaps. It has more places than there are tasks, as old and new ones may be there
// together.
func byDNS(service, obsolete string) string {
	return fmt.Sprintf(`
resolvers docker
	nameserver docker 127.0.0.11:53
	hold obsolete %s
backend servers
	balance roundrobin
	server-template task %d %s:8080 resolvers docker init-addr none check
`, obsolete, 2*replicas, service)
}
