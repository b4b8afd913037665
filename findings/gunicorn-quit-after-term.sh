#!/usr/bin/env bash
# gunicorn's quick shutdown does not come after its graceful one. Expected from its documentation (TERM: graceful
# shutdown, QUIT and INT: quick shutdown): SIGQUIT ends a graceful stop that takes too long. Seen with Debian
# 12's gunicorn 20.1.0-6+deb12u1, sync workers: once SIGTERM was sent, SIGQUIT and SIGINT do nothing until graceful_timeout (30 s) is over.
# Without SIGTERM before it SIGQUIT ends the same server within seconds. So a stop that is to end before a container's
# grace period needs --graceful-timeout, and not a second signal.
# Needs apt-get, dpkg-deb, python3 and curl; serves on loopback; takes half a minute. Fails if the behaviour has changed.
set -euo pipefail

version=20.1.0-6+deb12u1
dir=$(mktemp -d)
pids=()
finish() {
	local pid
	for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
	rm -rf "$dir"
}
trap finish EXIT

cd "$dir"
apt-get -qq download "python3-gunicorn=$version" python3-pkg-resources python3-packaging 2>/dev/null
for deb in *.deb; do dpkg-deb -x "$deb" root; done
cat >app.py <<'PYTHON'
# Answers / at once and /slow after 25 s.
import time


def application(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        time.sleep(25)
    start_response("200 OK", [("Content-Length", "0")])
    return []
PYTHON
port=$((20000 + RANDOM % 10000))

# ends_after SIGNAL... says whether a server with a request in flight has ended 8 s after these signals, 1 s apart.
ends_after() {
	local server i signal
	PYTHONPATH=root/usr/lib/python3/dist-packages python3 -m gunicorn --bind "127.0.0.1:$port" app:application 2>/dev/null &
	server=$!
	pids+=("$server")
	for _ in {1..100}; do
		curl -sf -o /dev/null "http://127.0.0.1:$port/" && break
		sleep 0.1
	done
	curl -s -o /dev/null "http://127.0.0.1:$port/slow" &
	pids+=("$!")
	sleep 1
	for signal; do
		kill "-$signal" "$server"
		sleep 1
	done
	for ((i = 0; i < 40; i++)); do
		kill -0 "$server" 2>/dev/null || break
		sleep 0.2
	done
	if kill -0 "$server" 2>/dev/null; then
		echo no
		kill_all "$server"
		return
	fi
	echo yes
}

# kill_all ends a server and its workers, which nobody else is the parent of.
kill_all() {
	local children
	children=$(cat "/proc/$1/task/$1/children")
	# shellcheck disable=SC2086 # PIDs
	kill -9 "$1" $children 2>/dev/null || true
	wait "$1" 2>/dev/null || true
}

alone=$(ends_after QUIT)
quit=$(ends_after TERM QUIT)
int=$(ends_after TERM INT)
echo "gunicorn $version with a request in flight, ended within 8 s: by QUIT: $alone; by TERM, QUIT: $quit; by TERM, INT: $int"
[[ $alone == yes && $quit == no && $int == no ]] || {
	echo "want yes, no, no: the behaviour has changed" >&2
	exit 1
}
