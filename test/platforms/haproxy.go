package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// haproxyBase is what every HAProxy here has in common. Repeats are its default: three, to the same server, and only
// where no connection was made.
const haproxyBase = `
defaults
	mode http
	timeout connect 5s
	timeout client 60s
	timeout server 60s
frontend clients
	bind :8080
	default_backend servers
frontend statistics
	bind :8081
	stats enable
	stats uri /
	stats show-legends
`

// A balancer is a container that spreads requests.
type balancer struct {
	address    string // of requests, on the loopback
	statistics string // of HAProxy's statistics
}

// startBalancer starts one from its configuration, which goes in through the environment.
func startBalancer(network, name, command, configuration string) (balancer, error) {
	flags := []string{"--name", name + "-balancer", "--env", "CONFIGURATION=" + configuration,
		"--publish", "127.0.0.1::8080", "--publish", "127.0.0.1::8081"}
	id, err := start(network, flags, image, "sh", "-c", `printf '%s\n' "$CONFIGURATION" >/etc/balancer && exec `+command)
	if err != nil {
		return balancer{}, err
	}
	var b balancer
	if b.address, err = docker("port", id, "8080/tcp"); err != nil {
		return balancer{}, err
	}
	b.statistics, err = docker("port", id, "8081/tcp")
	return b, err
}

func startHAProxy(network, name, backend string) (balancer, error) {
	return startBalancer(network, name, "haproxy -db -f /etc/balancer", haproxyBase+backend)
}

// backends are the servers of HAProxy's backend, by name, that it sends requests to, and their addresses.
func (b balancer) backends() (map[string]string, error) {
	client := http.Client{Timeout: 2 * time.Second}
	response, err := client.Get("http://" + b.statistics + "/;csv")
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	rows, err := csv.NewReader(response.Body).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errors.New("HAProxy's statistics are empty")
	}
	return usable(rows)
}

// usable picks them out of the statistics.
func usable(rows [][]string) (map[string]string, error) {
	name, status, addr := slices.Index(rows[0], "svname"), slices.Index(rows[0], "status"), slices.Index(rows[0], "addr")
	if name < 0 || status < 0 || addr < 0 {
		return nil, fmt.Errorf("HAProxy's statistics have the columns %v, want svname, status and addr", rows[0])
	}
	servers := map[string]string{}
	for _, row := range rows[1:] {
		up := strings.HasPrefix(row[status], "UP") || row[status] == "no check"
		if row[0] == "servers" && row[name] != "BACKEND" && up {
			servers[row[name]] = row[addr]
		}
	}
	return servers, nil
}

// settled waits until every replica gets requests.
func (b balancer) settled() error {
	var got map[string]string
	err := until(time.Minute, func() bool {
		var err error
		got, err = b.backends()
		return err == nil && len(got) == replicas
	})
	if err != nil {
		return fmt.Errorf("HAProxy uses %v, want %d servers: %w", got, replicas, err)
	}
	return nil
}
