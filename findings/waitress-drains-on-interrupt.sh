#!/usr/bin/env bash
# waitress finishes what is in flight on SIGINT, and cuts it on SIGTERM. Expected of a server, and of what stops
# containers: SIGTERM is the polite one, SIGINT the developer's ^C. Seen with Debian 12's waitress 2.1.2-2+deb12u1: it
# has no handler for SIGTERM, which ends it by the signal in the middle of the answer; SIGINT becomes KeyboardInterrupt,
# on which it lets its threads finish, 5 s at most, and exits with 0.
# Needs apt-get, dpkg-deb, python3 and curl; serves on loopback; takes ten seconds. Fails if the behaviour has changed.
set -euo pipefail

version=2.1.2-2+deb12u1
dir=$(mktemp -d)
pids=()
finish() {
	local pid
	for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
	rm -rf "$dir"
}
trap finish EXIT

cd "$dir"
apt-get -qq download "python3-waitress=$version" 2>/dev/null
dpkg-deb -x ./*.deb root
cat >app.py <<'PYTHON'
# Answers / at once and /slow after 3 s.
import time


def application(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        time.sleep(3)
    start_response("200 OK", [("Content-Length", "0")])
    return []
PYTHON
port=$((20000 + RANDOM % 10000))

# answers_after SIGNAL says what became of a request in flight at the signal, and the status of the server. A background
# job of a shell has SIGINT ignored: Python is told to have it as a foreground one has.
answers_after() {
	local server request answer="answered" status=0
	PYTHONPATH=root/usr/lib/python3/dist-packages python3 -c '
import signal, runpy, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.argv = ["waitress", "--host=127.0.0.1", "--port=" + sys.argv[1], "app:application"]
runpy.run_module("waitress", run_name="__main__")' "$port" 2>/dev/null &
	server=$!
	pids+=("$server")
	for _ in {1..100}; do
		curl -sf -o /dev/null "http://127.0.0.1:$port/" && break
		sleep 0.1
	done
	curl -sf -o /dev/null "http://127.0.0.1:$port/slow" &
	request=$!
	sleep 1
	kill "-$1" "$server"
	wait "$request" || answer="cut"
	wait "$server" 2>/dev/null || status=$?
	echo "$answer, status $status"
}

term=$(answers_after TERM)
int=$(answers_after INT)
echo "waitress $version with a request of 3 s in flight: TERM: $term; INT: $int"
[[ $term == "cut, status 143" && $int == "answered, status 0" ]] || {
	echo "want: cut, status 143; answered, status 0: the behaviour has changed" >&2
	exit 1
}
