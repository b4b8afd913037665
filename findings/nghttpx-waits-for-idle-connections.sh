#!/usr/bin/env bash
# nghttpx's graceful shutdown waits for idle connections. Expected of a proxy told to stop gracefully: it finishes the
# requests in hand, closes kept connections that wait for the next one, and ends; so do nginx, httpd and HAProxy. Seen
# with Debian 12's nghttp2-proxy 1.52.0-1+deb12u3: with one connection that was answered once and is silent, SIGQUIT
# leaves it running; it ends when the client closes it, or its own read timeout (a minute) does. With none it ends at once.
# Needs apt-get, dpkg-deb, curl, python3 and bash's /dev/tcp; serves on loopback; takes fifteen seconds. Fails if the
# behaviour has changed.
set -euo pipefail

version=1.52.0-1+deb12u3
dir=$(mktemp -d)
pids=()
finish() {
	local pid
	for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
	rm -rf "$dir"
}
trap finish EXIT

cd "$dir"
apt-get -qq download "nghttp2-proxy=$version" libnghttp2-14 libc-ares2 libev4 libjemalloc2 2>/dev/null
for deb in *.deb; do dpkg-deb -x "$deb" root; done
port=$((20000 + RANDOM % 10000))
python3 -c '
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()' $((port + 1)) 2>/dev/null &
pids+=("$!")

# start starts nghttpx and leaves its PID in server.
start() {
	port=$((port + 2))
	LD_LIBRARY_PATH="root/usr/lib/$(uname -m)-linux-gnu" root/usr/sbin/nghttpx --conf=/dev/null "-f127.0.0.1,$port;no-tls" "-b127.0.0.1,$1" --errorlog-file=log 2>/dev/null &
	server=$!
	pids+=("$server")
	for _ in {1..100}; do
		curl -sf -o /dev/null "http://127.0.0.1:$port/" && break
		sleep 0.1
	done
}

# ended says whether it has ended after so many seconds.
ended() {
	local i
	for ((i = 0; i < $1 * 10; i++)); do
		kill -0 "$server" 2>/dev/null || break
		sleep 0.1
	done
	if kill -0 "$server" 2>/dev/null; then echo no; else echo yes; fi
}

backend=$((port + 1))
start "$backend"
kill -QUIT "$server"
alone=$(ended 5)

start "$backend"
exec {idle}<>"/dev/tcp/127.0.0.1/$port"
printf 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n' >&"$idle"
read -r -t 5 line <&"$idle"
sleep 1
kill -QUIT "$server"
kept=$(ended 6)
exec {idle}>&-
after=$(ended 5)
echo "nghttpx $version, ended after SIGQUIT: with no connection: $alone; with an idle one (${line%$'\r'}), after 6 s: $kept; once the client has closed it: $after"
[[ $alone == yes && $kept == no && $after == yes ]] || {
	echo "want yes, no, yes: the behaviour has changed" >&2
	exit 1
}
