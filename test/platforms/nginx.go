package main

import (
	"fmt"
	"strings"
)

// nginxBase is nginx as it comes: it asks nobody for health. Where a connection cannot be made it takes another server,
// for a request that has got no answer only if it is not a POST, and leaves a server that failed once alone for 10 s.
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

// throughNginx is nginx over a fleet. One that is told gets a list without the replica right before each stop, by reload.
func throughNginx(told bool) func(cell, *fleet, string) (*balancer, error) {
	return func(_ cell, f *fleet, name string) (*balancer, error) {
		lists := func(without int) string { return nginxConfiguration(f.addresses, without) }
		b, err := startBalancer(f.network, name, "nginx -g 'daemon off;' -c /etc/balancer", lists(nobody))
		if err != nil {
			return nil, err
		}
		b.lists, b.told = lists, told
		return b, nil
	}
}

func nginxConfiguration(addresses []string, without int) string {
	var servers strings.Builder
	for n, address := range addresses {
		if n != without {
			fmt.Fprintf(&servers, "\t\tserver %s:8080;\n", address)
		}
	}
	return fmt.Sprintf(nginxBase, servers.String())
}
