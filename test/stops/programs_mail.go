package main

import "time"

// talkers are servers of mail and chat. Of those that Debian has only one installed at a time, each suite has another.
var talkers = []program{
	{name: "postfix", packages: "postfix", command: words("postfix start-fg"), suites: []string{"bookworm", "sid"}, client: noop("127.0.0.1:25", "NOO", "P\r\n", "250 "), advice: forChildren,
		prepare: "[ -e /etc/postfix/main.cf ] || cp /usr/share/postfix/main.cf.debian /etc/postfix/main.cf; echo localhost >/etc/mailname; postconf -e inet_interfaces=127.0.0.1 inet_protocols=ipv4 maillog_file=/dev/stdout; newaliases || true"},
	{name: "exim4", packages: "exim4-daemon-light", command: words("exim4 -bdf -oX 127.0.0.1.2525"), suites: []string{"trixie"}, client: noop("127.0.0.1:2525", "NOO", "P\r\n", "250 ")},
	{name: "dovecot", packages: "dovecot-imapd", command: words("dovecot -F -c /stops/dovecot-{dovecot}.conf"), client: noop("127.0.0.1:1143", "a NO", "OP\r\n", "a OK")},
	{name: "aiosmtpd", packages: "python3-aiosmtpd", command: words("python3 -m aiosmtpd -n -l 127.0.0.1:2525"), client: noop("127.0.0.1:2525", "NOO", "P\r\n", "250 ")},
	{name: "spamd", packages: "spamd spamassassin", command: words("spamd --local --listen=127.0.0.1:1783"), client: lines{address: "127.0.0.1:1783", half: "PING SPA", send: "MC/1.2\r\n\r\n", want: "PONG"}},
	{name: "ejabberd", packages: "ejabberd", command: words("ejabberdctl foreground"), client: xmpp, settle: time.Second},
	{name: "prosody", packages: "prosody", user: "prosody", command: words("prosody -F --config /stops/prosody.cfg.lua"), client: xmpp},
	{name: "rabbitmq-server", packages: "rabbitmq-server", command: words("rabbitmq-server"), client: lines{address: "127.0.0.1:5672", half: "AMQP", send: "\x00\x00\x09\x01", want: "RabbitMQ"}},
	{name: "ngircd", packages: "ngircd", command: words("ngircd -n -f /stops/ngircd.conf"), client: lines{address: "127.0.0.1:6667", half: "NICK a\r\nUSER a 0 * ", send: ":a\r\n", want: " 001 "}},
	{name: "kamailio", packages: "kamailio", command: words("kamailio -DD -E -f /stops/kamailio.cfg"), client: sip},
	{name: "icecast2", packages: "icecast2", user: "icecast2", command: words("icecast2 -c /stops/icecast.xml"), client: head(8000, "/status-json.xsl")},
	{name: "tor", packages: "tor", command: words("tor -f /stops/torrc"), client: lines{address: "127.0.0.1:9050", half: "\x05", send: "\x01\x00", want: "\x05\x00"}},
	{name: "postgrey", packages: "postgrey", command: words("postgrey --inet=127.0.0.1:10023"),
		client: lines{address: "127.0.0.1:10023", half: "request=smtpd_access_policy\nprotocol_state=RCPT\nprotocol_name=SMTP\nclient_address=1.2.3.4\nclient_name=a\nhelo_name=a\nsender=a@b\nrecipient=c@d\n", send: "\n", want: "action="}},
	{name: "inspircd", packages: "inspircd", user: "irc", command: words("inspircd --nofork --config=/stops/inspircd.conf"), client: lines{address: "127.0.0.1:6667", half: "NICK a\r\nUSER a 0 * ", send: ":a\r\n", want: " 001 "}},
	{name: "soju", packages: "soju", command: words("soju -config /stops/soju.conf"), suites: []string{"trixie", "sid"}, client: lines{address: "127.0.0.1:6667", half: "CAP L", send: "S 302\r\n", want: "CAP"}},
	{name: "mumble-server", packages: "mumble-server", command: words("mumble-server -fg -ini /stops/mumble.ini"), suites: []string{"trixie", "sid"}, client: tlsHello(64738)},
	{name: "wesnothd", packages: "wesnoth-{wesnoth}-server", command: words("/usr/games/wesnothd-{wesnoth}"), client: lines{address: "127.0.0.1:15000", half: "\x00\x00", send: "\x00\x00", want: "\x1f\x8b"}},
}

// noop says the protocol's word for nothing, in two pieces.
func noop(address, half, send, want string) client {
	return lines{address: address, greets: true, half: half, send: send, want: want}
}

// head is an HTTP request whose head comes in two pieces.
func head(port int, path string) client {
	return lines{address: words("127.0.0.1:%d", port)[0], half: "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n", send: "\r\n", want: "HTTP/1."}
}

var xmpp = lines{
	address: "127.0.0.1:5222", half: "<?xml version='1.0'?><stream:stream to='localhost' xmlns='jabber:client'",
	send: " xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>", want: "stream:features",
}

var sip = lines{
	address: "127.0.0.1:5060", send: "\r\n", want: "SIP/2.0 200",
	half: "OPTIONS sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n",
}

const forChildren = "`--group`, or start what it starts: the command is a script, whose children an init does not wait for"
