#!/usr/bin/env bash
# PHP's built-in server ends on ^C, but not with PHP_CLI_SERVER_WORKERS, and SIGTERM leaves its workers behind. Expected
# of one server with a variable that only says how many serve: it stops in the same way. Seen with Debian 12's php8.2-cli
# 8.2.32-1~deb12u1: alone, SIGINT lets the request in flight finish and ends it with 0; with two workers SIGINT ends
# nothing, and SIGTERM ends the parent alone: the workers go on serving on its port.
# Needs apt-get, dpkg-deb and curl; serves on loopback; takes fifteen seconds. Fails if the behaviour has changed.
set -euo pipefail

version=8.2.32-1~deb12u1
dir=$(mktemp -d)
pids=()
finish() {
	local pid
	for pid in "${pids[@]}"; do kill -9 -- "-$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
	rm -rf "$dir"
}
trap finish EXIT

cd "$dir"
apt-get -qq download "php8.2-cli=$version" "php8.2-common=$version" libargon2-1 libpcre2-8-0 libsodium23 libxml2 libicu72 libedit2 libmagic1 libbsd0 libmd0 2>/dev/null
for deb in *.deb; do dpkg-deb -x "$deb" root; done
LD_LIBRARY_PATH="root/usr/lib/$(uname -m)-linux-gnu:root/lib/$(uname -m)-linux-gnu"
export LD_LIBRARY_PATH
# shellcheck disable=SC2016 # PHP's variables
echo '<?php $end = microtime(true) + ($_SERVER["REQUEST_URI"] === "/slow" ? 3 : 0); while (microtime(true) < $end) usleep(10000);' >app.php
port=$((20000 + RANDOM % 10000))

# stop SIGNAL WORKERS says what became of a request in flight, whether the server ended within 6 s, and whether somebody
# serves after that.
stop() {
	local server request i answer="answered" ended="goes on" serves="nobody serves"
	port=$((port + 1))
	PHP_CLI_SERVER_WORKERS=$2 setsid env --default-signal=INT root/usr/bin/php8.2 -n -S "127.0.0.1:$port" app.php 2>/dev/null &
	server=$!
	pids+=("$server")
	for _ in {1..100}; do
		env -u LD_LIBRARY_PATH curl -sf -o /dev/null "http://127.0.0.1:$port/" && break
		sleep 0.1
	done
	env -u LD_LIBRARY_PATH curl -sf -o /dev/null "http://127.0.0.1:$port/slow" &
	request=$!
	sleep 1
	kill "-$1" "$server"
	for ((i = 0; i < 60; i++)); do
		if ! kill -0 "$server" 2>/dev/null; then
			ended="ended"
			break
		fi
		sleep 0.1
	done
	wait "$request" || answer="cut"
	env -u LD_LIBRARY_PATH curl -sf -o /dev/null "http://127.0.0.1:$port/" && serves="serves"
	kill -9 -- "-$server" 2>/dev/null || true
	echo "$answer, $ended, $serves"
}

alone=$(stop INT 1)
int=$(stop INT 2)
term=$(stop TERM 2)
echo "php -S of $version: INT alone: $alone; INT, 2 workers: $int; TERM, 2 workers: $term"
[[ $alone == "answered, ended, nobody serves" && $int == "answered, goes on, serves" && $term == *"ended, serves" ]] || {
	echo "want: answered, ended, nobody serves; answered, goes on, serves; ended, serves: the behaviour has changed" >&2
	exit 1
}
