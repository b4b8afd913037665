package main

import "time"

// proxies serve what the backend on 127.0.0.1:9000 answers.
var proxies = []program{
	{name: "nginx", packages: "nginx-light", command: []string{"nginx", "-c", "/stops/nginx.conf", "-g", "daemon off;"}, client: onPort(8080)},
	{name: "httpd", shape: "event", packages: "apache2-bin", command: words("apache2 -D event -D FOREGROUND -f /stops/apache.conf"), client: onPort(8080)},
	{name: "httpd", shape: "prefork", packages: "apache2-bin", command: words("apache2 -D prefork -D FOREGROUND -f /stops/apache.conf"), client: onPort(8080)},
	{name: "httpd", shape: "GracefulShutdownTimeout", packages: "apache2-bin", command: words("apache2 -D event -D bounded -D FOREGROUND -f /stops/apache.conf"), client: onPort(8080)},
	{name: "lighttpd", packages: "lighttpd", command: words("lighttpd -D -f /stops/lighttpd.conf"), client: onPort(8080)},
	{name: "haproxy", packages: "haproxy", command: words("haproxy -db -f /stops/haproxy.cfg"), client: onPort(8080)},
	{name: "haproxy", shape: "-W", packages: "haproxy", command: words("haproxy -W -db -f /stops/haproxy.cfg"), client: onPort(8080), settle: time.Second},
	{name: "caddy", packages: "caddy", command: words("caddy run --config /stops/Caddyfile --adapter caddyfile"), client: onPort(8080), also: "INT,INT INT,QUIT"},
	{name: "caddy", shape: "grace_period", packages: "caddy", command: words("caddy run --config /stops/Caddyfile-grace --adapter caddyfile"), client: onPort(8080)},
	{name: "squid", packages: "squid", command: words("squid -N -f /stops/squid.conf"), client: onPort(8080)},
	{name: "varnishd", packages: "varnish", command: words("varnishd -F -a :8080 -b 127.0.0.1:9000"), client: onPort(8080), suites: []string{"bookworm", "trixie"}},
	{name: "h2o", packages: "h2o", command: words("h2o -c /stops/h2o.yaml"), client: onPort(8080), suites: []string{"bookworm"}},
	{name: "h2o", shape: "master", packages: "h2o", command: words("h2o -m master -c /stops/h2o.yaml"), client: onPort(8080), suites: []string{"bookworm"}},
	{name: "tinyproxy", packages: "tinyproxy", command: words("tinyproxy -d -c /stops/tinyproxy.conf"), client: web{8080, "http://127.0.0.1:9000/sleep/%d", "http://127.0.0.1:9000/"}},
	{name: "privoxy", packages: "privoxy", command: words("privoxy --no-daemon /stops/privoxy.conf"), client: web{8080, "http://127.0.0.1:9000/sleep/%d", "http://127.0.0.1:9000/"}},
	{name: "nghttpx", packages: "nghttp2-proxy", command: words("nghttpx --conf=/dev/null -f0.0.0.0,8080;no-tls -b127.0.0.1,9000"), client: onPort(8080), also: "QUIT,QUIT"},
	{name: "pound", packages: "pound", command: words("pound -f /stops/pound.cfg -p /run/pound.pid"), client: onPort(8080), suites: []string{"trixie", "sid"}},
	{name: "busybox httpd", packages: "busybox", command: words("busybox httpd -f -p 8080 -h /stops/www"), client: web{8080, "/cgi-bin/sleep?%d", "/index.html"}},
	{name: "traffic_server", packages: "trafficserver", command: words("traffic_server"), user: "trafficserver", suites: []string{"bookworm"},
		prepare: "echo 'map / http://127.0.0.1:9000/' >/etc/trafficserver/remap.config; mkdir -p /run/trafficserver; chown -R trafficserver /run/trafficserver /etc/trafficserver /var/cache/trafficserver /var/log/trafficserver", client: onPort(8080)},
}
