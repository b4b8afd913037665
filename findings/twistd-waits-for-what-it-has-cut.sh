#!/usr/bin/env bash
# twistd web cuts the request in flight on SIGTERM, and then waits for it all the same. Expected: one of the two: the
# answer is waited for and sent, or the server ends at once. Seen with Debian 12's python3-twisted 22.4.0-4+deb12u1 and a
# WSGI application: SIGTERM closes the client's connection within moments, but the process stays until the application's
# thread has finished, with nobody to answer to; a second SIGTERM changes nothing. So a slow request costs its client the
# answer and its container the whole grace period.
# Needs apt-get, dpkg-deb, python3 (3.11) and curl; serves on loopback; takes 20 seconds. Fails if the behaviour has changed.
set -euo pipefail

version=22.4.0-4+deb12u1
dir=$(mktemp -d)
pids=()
finish() {
	local pid
	for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
	rm -rf "$dir"
}
trap finish EXIT

cd "$dir"
apt-get -qq download "python3-twisted=$version" python3-attr python3-automat python3-constantly python3-hyperlink python3-incremental python3-zope.interface python3-idna python3-typing-extensions python3-six python3-pkg-resources 2>/dev/null
for deb in *.deb; do dpkg-deb -x "$deb" root; done
cat >app.py <<'PYTHON'
# Answers / at once and /slow after 10 s.
import time


def application(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        time.sleep(10)
    start_response("200 OK", [("Content-Length", "0")])
    return []
PYTHON
port=$((20000 + RANDOM % 10000))
PYTHONPATH=$dir:$dir/root/usr/lib/python3/dist-packages /usr/bin/python3 -m twisted web --listen "tcp:$port:interface=127.0.0.1" --wsgi app.application >log 2>&1 &
server=$!
pids+=("$server")
for _ in {1..100}; do
	curl -sf -o /dev/null "http://127.0.0.1:$port/" && break
	sleep 0.1
done
curl -sf -o /dev/null "http://127.0.0.1:$port/slow" &
request=$!
sleep 1
began=$SECONDS
kill -TERM "$server"
answer=answered
wait "$request" || answer="cut"
cut=$((SECONDS - began))
sleep 1
kill -TERM "$server" 2>/dev/null || true
wait "$server" 2>/dev/null || true
ended=$((SECONDS - began))
echo "twistd $version, SIGTERM twice with a request of 10 s in flight: $answer after $cut s; the process ended after $ended s"
[[ $answer == "cut" && $cut -le 3 && $ended -ge 7 ]] || {
	echo "want: cut within 3 s, and an end after 7 s or more: the behaviour has changed" >&2
	cat log >&2
	exit 1
}
