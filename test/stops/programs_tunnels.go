package main

// tunnels pass on what they are sent.
var tunnels = []program{
	{name: "hitch", packages: "hitch curl openssl", command: words("hitch -f [127.0.0.1]:8443 -b [127.0.0.1]:9000 -u nobody /srv/cert.pem"), prepare: certificate, client: tls},
	{name: "stunnel4", packages: "stunnel4 curl openssl", command: words("stunnel4 /stops/stunnel.conf"), prepare: certificate, client: tls},
	{name: "sslh", packages: "sslh", command: words("sslh -f -p 127.0.0.1:8080 --http 127.0.0.1:9000 --user nobody -P /tmp/sslh.pid"), client: onPort(8080), suites: []string{"bookworm", "trixie"}},
	{name: "socat", packages: "socat", command: words("socat TCP-LISTEN:8080,fork,reuseaddr TCP:127.0.0.1:9000"), client: onPort(8080)},
	{name: "danted", packages: "dante-server curl", command: words("danted -f /stops/danted.conf"), suites: []string{"bookworm", "sid"}, client: socks},
	{name: "microsocks", packages: "microsocks curl", command: words("microsocks -i 127.0.0.1 -p 1080"), client: socks},
	{name: "mitmdump", packages: "mitmproxy", command: words("mitmdump --listen-port 8080 --mode reverse:http://127.0.0.1:9000/"), suites: []string{"bookworm", "sid"}, client: onPort(8080)},
	{name: "turnserver", packages: "coturn", command: words("turnserver -n --listening-ip=127.0.0.1 --relay-ip=127.0.0.1 --listening-port=3478 --log-file=stdout"),
		client: lines{address: "127.0.0.1:3478", half: "\x00\x01\x00\x00\x21\x12\xa4\x42", send: "abcdefghijkl", want: "\x01\x01"}},
	{name: "pgpool", packages: "pgpool2 postgresql-{pg}", user: "postgres", command: words("pgpool -n -f /stops/pgpool.conf"), prepare: besidePostgres, beside: postgresBeside, client: psql("6432", "postgres")},
	{name: "sniproxy", packages: "sniproxy", command: words("sniproxy -f -c /stops/sniproxy.conf"), client: onPort(8080)},
	{name: "rinetd", packages: "rinetd", command: words("rinetd -f -c /stops/rinetd.conf"), client: onPort(8080)},
	{name: "pen", packages: "pen", command: words("pen -f 127.0.0.1:8080 127.0.0.1:9000"), client: onPort(8080)},
	{name: "ss-server", packages: "shadowsocks-libev curl", command: words("ss-server -s 127.0.0.1 -p 8388 -k a -m aes-256-gcm"), beside: [][]string{words("ss-local -s 127.0.0.1 -p 8388 -b 127.0.0.1 -l 1080 -k a -m aes-256-gcm")},
		client: command{probe: "127.0.0.1:8388", line: socks.line}},
	{name: "openvpn", packages: "openvpn openssl", command: words("openvpn --proto tcp-server --local 127.0.0.1 --port 1194 --dev tun --server 10.8.0.0 255.255.255.0 --topology subnet --dh none --ca /srv/crt.pem --cert /srv/crt.pem --key /srv/key.pem"), prepare: certificate,
		client: lines{address: "127.0.0.1:1194", half: "\x00\x0e\x38abcd", send: "efgh\x00\x00\x00\x00\x00", want: "\x40"}},
	{name: "i2pd", packages: "i2pd", command: words("i2pd --datadir=/tmp/i2pd --http.address=127.0.0.1 --http.port=7070 --log=stdout"), client: head(7070, "/")},
}

const certificate = "openssl req -x509 -newkey rsa:2048 -nodes -keyout /srv/key.pem -out /srv/crt.pem -days 30 -subj /CN=localhost; cat /srv/key.pem /srv/crt.pem >/srv/cert.pem"

var (
	tls   = command{probe: "127.0.0.1:8443", line: "curl -sfk -o /dev/null https://127.0.0.1:8443/sleep/%d"}
	socks = command{probe: "127.0.0.1:1080", line: "curl -sf -o /dev/null --socks5 127.0.0.1:1080 http://127.0.0.1:9000/sleep/%d"}
)
