package main

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// throughChecks is HAProxy over a fleet, which takes a replica out of its routes when its health check fails: of
// drainit's /readyz where there is one, else of the server's own /healthz.
func throughChecks(replicas func(cell) (*fleet, error), check string) func(*swarm, cell) (place, error) {
	return func(_ *swarm, c cell) (place, error) {
		f, err := replicas(c)
		if err == nil {
			err = f.startAll()
		}
		if err != nil {
			return place{}, err
		}
		b, err := startHAProxy(f.network, c.name, byChecks(c.lane, f.addresses, check))
		return place{
			address: b.address,
			settled: b.settled,
			roll:    func() (time.Duration, error) { return f.roll(b.settled) },
			servers: b.backends,
		}, err
	}
}

func byChecks(l lane, addresses []string, check string) string {
	path, port := "/healthz", "8080"
	if l.isDrainit() {
		path, port = "/readyz", "10143"
	}
	var b strings.Builder
	b.WriteString("backend servers\n\tbalance roundrobin\n")
	fmt.Fprintf(&b, "\toption httpchk GET %s\n\tdefault-server check port %s %s\n", path, port, check)
	for n, address := range addresses {
		fmt.Fprintf(&b, "\tserver replica%d %s:8080\n", n, address)
	}
	return b.String()
}

// nginxBase is nginx as it comes: it asks nobody for health, and passes a request on to another server where a
// connection fails, or a GET where the answer does.
const nginxBase = `
events {}
http {
	access_log off;
	upstream servers {
%s
	}
	server {
		listen 8080;
		location / { proxy_pass http://servers; }
	}
}`

// throughNginx is nginx over a fleet.
func throughNginx(_ *swarm, c cell) (place, error) {
	f, err := byDocker(c)
	if err == nil {
		err = f.startAll()
	}
	if err != nil {
		return place{}, err
	}
	var servers strings.Builder
	for _, address := range f.addresses {
		fmt.Fprintf(&servers, "\t\tserver %s:8080;\n", address)
	}
	configuration := fmt.Sprintf(nginxBase, servers.String())
	b, err := startBalancer(f.network, c.name, "nginx -g 'daemon off;' -c /etc/balancer", configuration)
	return place{
		address: b.address,
		settled: f.answers,
		roll:    func() (time.Duration, error) { return f.roll(f.answers) },
	}, err
}

// answers waits until every replica answers.
func (f *fleet) answers() error {
	client := http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for _, address := range f.addresses {
		err := until(30*time.Second, func() bool {
			response, err := client.Get("http://" + address + ":8080/healthz")
			if err != nil {
				return false
			}
			response.Body.Close()
			return true
		})
		if err != nil {
			return fmt.Errorf("%s does not answer: %w", address, err)
		}
	}
	return nil
}
