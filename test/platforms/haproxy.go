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

// places are more than there are tasks: HAProxy keeps some that DNS has forgotten.
const places = 4 * replicas

// throughDNS is HAProxy that finds the tasks of a service through Docker's DNS, which it asks every second (timeout
// resolve, its default). obsolete is how long it keeps a server that is no longer in DNS.
func throughDNS(obsolete, option string) func(cell, *fleet, string) (*balancer, error) {
	return func(_ cell, f *fleet, name string) (*balancer, error) {
		return startHAProxy(f.network, name, fmt.Sprintf(`
resolvers docker
	nameserver docker 127.0.0.11:53
	hold obsolete %s
backend servers
	balance roundrobin
	%s
	server-template task %d %s:8080 resolvers docker init-addr none check
`, obsolete, option, places, f.service))
	}
}

// throughChecks is HAProxy that takes a replica out of its routes when its health check fails: of drainit's /readyz where
// there is one, else of the server's own /healthz.
func throughChecks(check, option string) func(cell, *fleet, string) (*balancer, error) {
	return func(c cell, f *fleet, name string) (*balancer, error) {
		path, port := "/healthz", "8080"
		if c.isDrainit() {
			path, port = "/readyz", "10143"
		}
		var b strings.Builder
		fmt.Fprintf(&b, "backend servers\n\tbalance roundrobin\n\t%s\n", option)
		fmt.Fprintf(&b, "\toption httpchk GET %s\n\tdefault-server check port %s %s\n", path, port, check)
		for n, address := range f.addresses {
			fmt.Fprintf(&b, "\tserver replica%d %s:8080\n", n, address)
		}
		return startHAProxy(f.network, name, b.String())
	}
}

func startHAProxy(network, name, backend string) (*balancer, error) {
	return startBalancer(network, name, "haproxy -db -f /etc/balancer", haproxyBase+backend)
}

// backends are the servers of HAProxy's backend, by name, that it sends requests to, and their addresses.
func (b *balancer) backends() (map[string]string, error) {
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

// settled waits until as many get requests as there are replicas. There may be more, which HAProxy has yet to forget. Of
// nginx it is not known.
func (b *balancer) settled() error {
	if b.lists != nil {
		return nil
	}
	var got map[string]string
	err := until(time.Minute, func() bool {
		var err error
		got, err = b.backends()
		return err == nil && len(got) >= replicas
	})
	if err != nil {
		return fmt.Errorf("HAProxy uses %v, want %d servers: %w", got, replicas, err)
	}
	return nil
}
