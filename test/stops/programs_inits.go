package main

import "time"

// inits are commands that start an nginx.
var inits = []program{
	{name: "tini", packages: "tini nginx-light", command: append(words("tini --"), nginx...), client: onPort(8080), advice: lookedThrough},
	{name: "dumb-init", packages: "dumb-init nginx-light", command: append(words("dumb-init"), nginx...), client: onPort(8080), advice: lookedThrough},
	{name: "catatonit", packages: "catatonit nginx-light", command: append(words("catatonit --"), nginx...), client: onPort(8080), advice: lookedThrough},
	{name: "s6-svscan", packages: "s6 nginx-light", command: words("s6-svscan /srv/services"), prepare: service, client: onPort(8080), settle: time.Second},
	{name: "runsvdir", packages: "runit nginx-light", command: words("runsvdir -P /srv/services"), prepare: service, client: onPort(8080), settle: time.Second, suites: []string{"bookworm", "trixie"}},
	{name: "svscan", packages: "daemontools nginx-light", command: words("svscan /srv/services"), prepare: service, client: onPort(8080), settle: time.Second},
	{name: "foreman", packages: "ruby-foreman nginx-light", command: words("foreman start -f /stops/Procfile"), client: onPort(8080), settle: time.Second},
}

var nginx = []string{"nginx", "-c", "/stops/nginx.conf", "-g", "daemon off;"}

const service = `mkdir -p /srv/services/nginx; printf '#!/bin/sh\nexec nginx -c /stops/nginx.conf -g "daemon off;"\n' >/srv/services/nginx/run; chmod +x /srv/services/nginx/run`

const lookedThrough = "nothing: drainit looks through it, and its program gets what the line of that says"
