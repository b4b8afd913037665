package main

import "time"

// services are servers of their own kind.
var services = []program{
	{name: "docker-registry", packages: "docker-registry", command: words("docker-registry serve /stops/registry.yml"),
		client: registry},
	{name: "docker-registry", shape: "draintimeout", packages: "docker-registry", command: words("docker-registry serve /stops/registry-drain.yml"),
		client: registry},
	{name: "supervisord", packages: "supervisor nginx-light", command: words("supervisord -n -c /stops/supervisord.conf"), client: onPort(8080), settle: 2 * time.Second},
	{name: "prometheus-pushgateway", packages: "prometheus-pushgateway", command: words("prometheus-pushgateway --web.listen-address=127.0.0.1:9091"),
		client: lines{address: "127.0.0.1:9091", half: "PUT /metrics/job/j HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\na ", send: "1\n", want: "200 OK"}},
	{name: "prometheus", packages: "prometheus", command: words("prometheus --config.file=/stops/prometheus.yml --storage.tsdb.path=/tmp/prom --web.listen-address=127.0.0.1:9090 --web.enable-remote-write-receiver"),
		client: lines{address: "127.0.0.1:9090", half: "POST /api/v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\nquery", send: "=1", want: "200 OK"}},
	{name: "prometheus-alertmanager", packages: "prometheus-alertmanager", command: words("prometheus-alertmanager --config.file=/stops/alertmanager.yml --storage.path=/tmp/am --cluster.listen-address= --web.listen-address=127.0.0.1:9093"),
		client: lines{address: "127.0.0.1:9093", half: "POST /api/v2/alerts HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[", send: "]", want: "200 OK"}},
	{name: "mosquitto", packages: "mosquitto", command: words("mosquitto -p 1883"),
		client: lines{address: "127.0.0.1:1883", half: "\x10\x0d\x00\x04MQTT\x04", send: "\x02\x00\x3c\x00\x01a", want: "\x20\x02\x00\x00"}},
	{name: "nats-server", packages: "nats-server", command: words("nats-server -a 127.0.0.1"),
		client: lines{address: "127.0.0.1:4222", greets: true, half: "CONNECT {\"verbose\":false}\r\nSUB a 1\r\nPUB a 2\r\nh", send: "i\r\n", want: "MSG a 1 2\r\nhi"}},
	{name: "influxd", packages: "influxdb", command: words("influxd"), suites: []string{"bookworm"},
		client: lines{address: "127.0.0.1:8086", half: "POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 16\r\n\r\nq=show", send: "+databases", want: "200 OK"}},
	{name: "beanstalkd", packages: "beanstalkd", command: words("beanstalkd -l 127.0.0.1 -p 11300"), client: lines{address: "127.0.0.1:11300", send: "reserve-with-timeout %d\r\n", want: "TIMED_OUT"}},
	{name: "webdis", packages: "webdis redis-server", command: words("webdis /stops/webdis.json"), beside: redisBeside, client: web{7379, "/BLPOP/nothing/%d", "/PING"}, settle: time.Second},
	{name: "victoria-metrics", packages: "victoria-metrics", command: words("victoria-metrics -storageDataPath /tmp/vm -httpListenAddr 127.0.0.1:8428"),
		client: lines{address: "127.0.0.1:8428", half: "POST /api/v1/import/prometheus HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\na ", send: "1\n", want: "204 No Content"}},
	{name: "etcd", packages: "etcd-server", command: words("etcd --data-dir /tmp/etcd"),
		client: lines{address: "127.0.0.1:2379", half: "POST /v3/kv/range HTTP/1.1\r\nHost: localhost\r\nContent-Length: 14\r\n\r\n{\"key\":", send: "\"Zm9v\"}", want: "200 OK"}},
	{name: "zookeeper", packages: "zookeeper", command: words("/usr/share/zookeeper/bin/zkServer.sh start-foreground"),
		client: lines{address: "127.0.0.1:2181", half: "sr", send: "vr", want: "Zookeeper version"}},
	{name: "slapd", packages: "slapd", command: words("slapd -d 0 -h ldap://127.0.0.1:3890 -f /stops/slapd.conf"), prepare: "mkdir -p /srv/ldap",
		client: lines{address: "127.0.0.1:3890", half: "\x30\x0c\x02\x01\x01\x60\x07", send: "\x02\x01\x03\x04\x00\x80\x00", want: "\x61\x07"}},
	{name: "named", packages: "bind9", command: words("named -f -c /stops/named.conf"), client: dns, advice: forDNS},
	{name: "unbound", packages: "unbound", command: words("unbound -d -c /stops/unbound.conf"), client: dns, advice: forDNS},
	{name: "dnsmasq", packages: "dnsmasq-base", command: words("dnsmasq -k -C /dev/null -p 5353 -u root --no-resolv"), client: dns, advice: forDNS},
	{name: "nsd", packages: "nsd", command: words("nsd -d -c /stops/nsd.conf"), client: dns, advice: forDNS, settle: time.Second},
	{name: "pdns_server", packages: "pdns-server pdns-backend-bind", command: words("pdns_server --daemon=no --guardian=no --config-dir=/tmp --local-address=127.0.0.1 --local-port=5353 --launch=bind --bind-config=/dev/null --socket-dir=/tmp"), client: dns, advice: forDNS},
	{name: "pdns_recursor", packages: "pdns-recursor", command: words("pdns_recursor --daemon=no --config-dir=/tmp --local-address=127.0.0.1 --local-port=5353 --socket-dir=/tmp"), client: dns, advice: forDNS},
	{name: "dnsdist", packages: "dnsdist", command: words("dnsdist --supervised --disable-syslog -C /stops/dnsdist.conf"), client: dns, advice: forDNS},
	{name: "kresd", packages: "knot-resolver", command: words("kresd -n -c /stops/kresd.conf /tmp"), client: dns, advice: forDNS, suites: []string{"bookworm", "trixie"}},
	{name: "knotd", packages: "knot", command: words("knotd -c /stops/knot.conf"), client: dns, advice: forDNS},
	{name: "gdnsd", packages: "gdnsd", command: words("gdnsd -c /srv/gdnsd start"), prepare: "mkdir -p /srv/gdnsd/zones /run/gdnsd /var/lib/gdnsd; cp /stops/gdnsd.conf /srv/gdnsd/config", client: dns, advice: forDNS},
}

// registry stores a manifest that it does not like, which it says when it has all of it.
var registry = lines{
	address: "127.0.0.1:5000", want: " 400 ", send: "}",
	half: "PUT /v2/a/manifests/b HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/vnd.docker.distribution.manifest.v2+json\r\nContent-Length: 2\r\n\r\n{",
}

const forDNS = "nothing: what it has by UDP takes moments, and drainit does not see it"

// dns asks for the name servers of the root over TCP, in two pieces. What the answer is does not matter.
var dns = lines{
	address: "127.0.0.1:5353", half: "\x00\x11\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00",
	send: "\x00\x00\x02\x00\x01", want: "\x12\x34",
}
