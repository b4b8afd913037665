#!/usr/bin/env bash
# mini_httpd ends with status 1 whenever it is stopped. Expected of a server that handles SIGTERM and says so in its log:
# status 0, as nginx, httpd and lighttpd have. Seen with Debian 12's mini-httpd 1.30-3: idle, in the foreground, SIGTERM
# and SIGINT end it with 1, so that every orderly stop of its container looks like a failure.
# Needs apt-get, dpkg-deb and curl; serves on loopback; takes five seconds. Fails if the behaviour has changed.
set -euo pipefail

version=1.30-3
dir=$(mktemp -d)
pids=()
finish() {
	local pid
	for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
	rm -rf "$dir"
}
trap finish EXIT

cd "$dir"
apt-get -qq download "mini-httpd=$version" 2>/dev/null
dpkg-deb -x ./*.deb root
mkdir www
echo ok >www/index.html
port=$((20000 + RANDOM % 10000))

# status_after SIGNAL is the status of an idle server.
status_after() {
	local server status=0
	env --default-signal=INT root/usr/sbin/mini_httpd -D -h 127.0.0.1 -p "$port" -d www -u "$(id -un)" 2>/dev/null &
	server=$!
	pids+=("$server")
	for _ in {1..100}; do
		curl -sf -o /dev/null "http://127.0.0.1:$port/" && break
		sleep 0.1
	done
	sleep 0.5
	kill "-$1" "$server"
	wait "$server" 2>/dev/null || status=$?
	echo "$status"
}

term=$(status_after TERM)
int=$(status_after INT)
echo "mini_httpd $version, idle: status $term after TERM, $int after INT"
[[ $term == 1 && $int == 1 ]] || {
	echo "want 1, 1: the behaviour has changed" >&2
	exit 1
}
