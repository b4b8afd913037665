package main

import (
	"fmt"
	"os"
	"strings"
)

// examplePath is the file that is run here.
const examplePath = "examples/docker/compose.yaml"

// asComposed are replicas of the example's service, replaced by docker-compose up --force-recreate.
func asComposed(_ *swarm, c cell) (*fleet, error) {
	f, err := newFleet(c)
	if err != nil {
		return nil, err
	}
	example, err := os.ReadFile(examplePath)
	if err != nil {
		return nil, err
	}
	text, err := composeFile(string(example), c, f)
	if err != nil {
		return nil, err
	}
	up := func(replica int) error {
		_, err := command(strings.NewReader(text), "docker-compose", "--project-name", c.name, "--file", "-",
			"up", "--detach", "--force-recreate", "--no-deps", "--no-build", fmt.Sprint("replica", replica))
		return err
	}
	f.start, f.replace = up, up
	return f, f.startAll()
}

// composeFile is the example with its service three times, at set addresses and without a published port: requests come
// through a balancer. Everything else of the service stays, its grace period above all, unless the set-up has another.
func composeFile(example string, c cell, f *fleet) (string, error) {
	head, service, found := strings.Cut(example, "services:\n  server:\n")
	if !found {
		return "", fmt.Errorf("%s: no service server", examplePath)
	}
	kept := without(service, "build", "image", "command", "environment", "ports")
	anchored := strings.Contains(head, "&grace-period "+grace.String())
	if !anchored || !strings.Contains(kept, "stop_grace_period: *grace-period") {
		return "", fmt.Errorf("%s: no stop_grace_period of %v", examplePath, grace)
	}
	head = strings.Replace(head, "&grace-period "+grace.String(), "&grace-period "+c.grace.String(), 1)
	var b strings.Builder
	b.WriteString(head + "services:\n")
	for n, address := range f.addresses {
		fmt.Fprintf(&b, "  replica%d:\n%s", n, kept)
		fmt.Fprintf(&b, "    image: %s\n    command: [%s]\n", image, quoted(c.command()))
		fmt.Fprintf(&b, "    environment: [%s]\n", quoted(c.environment()))
		name, value, _ := strings.Cut(label, "=")
		fmt.Fprintf(&b, "    labels: {%s: %q}\n    networks: {default: {ipv4_address: %s}}\n", name, value, address)
	}
	fmt.Fprintf(&b, "networks: {default: {external: true, name: %s}}\n", f.network)
	return b.String(), nil
}

// without leaves keys of a service out, with what is indented below them.
func without(service string, keys ...string) string {
	var b strings.Builder
	leave := false
	for line := range strings.Lines(service) {
		text := strings.TrimLeft(line, " ")
		if len(line)-len(text) == 4 {
			key, _, _ := strings.Cut(text, ":")
			leave = false
			for _, k := range keys {
				leave = leave || k == key
			}
		}
		if !leave {
			b.WriteString(line)
		}
	}
	return b.String()
}

func quoted(words []string) string {
	var q []string
	for _, word := range words {
		q = append(q, fmt.Sprintf("%q", word))
	}
	return strings.Join(q, ", ")
}
