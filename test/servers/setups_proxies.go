package main

// proxies forward to the backend.
var proxies = []setup{
	{name: "nginx", command: nginx, client: onPort8080},
	{
		name: "nginx, `STOPSIGNAL SIGHUP`", command: nginx, flags: []string{"--stop-signal", "SIGHUP"}, client: onPort8080,
		note: "SIGHUP is nginx's reload: it goes on serving until it is killed. To drainit it is no stop request, and is passed on",
	},
	{
		name: "nginx, `STOPSIGNAL SIGHUP`, told so", command: nginx, flags: []string{"--stop-signal", "SIGHUP"}, client: onPort8080,
		setting: []string{"DRAINIT_STOP_ON=TERM,HUP"},
		note:    "the same image. That SIGHUP is a stop request has to be said; the stop signal is SIGQUIT then",
	},
	{name: "httpd, event", command: []string{"apache2", "-D", "event", "-D", "FOREGROUND", "-f", "/servers/apache.conf"}, client: onPort8080},
	{name: "httpd, prefork", command: []string{"apache2", "-D", "prefork", "-D", "FOREGROUND", "-f", "/servers/apache.conf"}, client: onPort8080},
	{name: "lighttpd", command: []string{"lighttpd", "-D", "-f", "/servers/lighttpd.conf"}, client: onPort8080},
	{name: "haproxy", command: []string{"haproxy", "-db", "-f", "/servers/haproxy.cfg"}, client: onPort8080},
	{name: "haproxy -W", command: []string{"haproxy", "-W", "-db", "-f", "/servers/haproxy.cfg"}, client: onPort8080},
	{name: "squid", command: []string{"squid", "-N", "-f", "/servers/squid.conf"}, client: onPort8080, note: "`shutdown_lifetime 5 seconds`: it waits that long, whatever is open"},
	{name: "varnish", command: []string{"varnishd", "-F", "-a", ":8080", "-b", "127.0.0.1:9000"}, client: onPort8080, cuts: "no signal is graceful to it"},
}

// wrapped is nginx as entrypoints start it.
var wrapped = []setup{
	{name: "nginx in a shell", command: []string{"sh", "-c", "nginx -c /servers/nginx.conf -g 'daemon off;'; true"}, client: onPort8080},
	{name: "nginx by a script that execs", command: append([]string{"/servers/entrypoint"}, nginx...), client: onPort8080},
	{
		name: "nginx as a daemon", command: []string{"sh", "-c", "nginx -c /servers/nginx.conf && exec sleep infinity"}, client: onPort8080,
		note: "what is stopped is `sleep`. nginx, left behind, is killed under tini; under drainit it gets its graceful signal and `--sweep` (2 s)",
	},
}
