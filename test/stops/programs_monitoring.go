package main

// monitors are agents, exporters, and what collects logs and readings.
var monitors = []program{
	{name: "munin-node", packages: "munin-node", command: words("munin-node --config /stops/munin-node.conf"), client: noop("127.0.0.1:4949", "vers", "ion\n", "version:")},
	{name: "collectd", packages: "collectd-core", command: words("collectd -f -C /stops/collectd.conf"), client: lines{address: "/tmp/collectd.sock", half: "LISTV", send: "AL\n", want: "Value"}},
	{name: "rsyslogd", packages: "rsyslog-relp rsyslog", command: words("rsyslogd -n -f /stops/rsyslog.conf -i /tmp/rsyslogd.pid"),
		client: lines{address: "127.0.0.1:2514", half: "1 open 46 relp_version=0\nrelp_software=a\n", send: "commands=syslog\n", want: "1 rsp "}},
	{name: "prometheus-node-exporter", packages: "prometheus-node-exporter", command: words("prometheus-node-exporter --web.listen-address=127.0.0.1:9100 --collector.disable-defaults --collector.loadavg"), client: head(9100, "/metrics")},
	{name: "prometheus-redis-exporter", packages: "prometheus-redis-exporter", command: words("prometheus-redis-exporter -web.listen-address 127.0.0.1:9121"), client: head(9121, "/metrics")},
	{name: "gpsd", packages: "gpsd", command: words("gpsd -N -n -F /tmp/gpsd.sock"), client: noop("127.0.0.1:2947", "?PO", "LL;\n", `"POLL"`)},
}
