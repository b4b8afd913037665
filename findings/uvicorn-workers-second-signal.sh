#!/usr/bin/env bash
# With --workers, uvicorn's second SIGINT forces nothing. Expected from what it prints when it waits ("Waiting for
# connections to close. (CTRL+C to force quit)") and from one process, where it is so: SIGINT after SIGTERM ends it at
# once. Seen with Debian 12's uvicorn 0.17.6-1: one process ends at once; with --workers 2 the supervisor waits for the
# request in flight all the same, and so it does in 0.32 and 0.53, where --timeout-graceful-shutdown is what ends that.
# Needs apt-get, dpkg-deb, python3 and curl; serves on loopback; takes half a minute. Fails if the behaviour has changed.
set -euo pipefail

version=0.17.6-1
dir=$(mktemp -d)
pids=()
finish() {
	local pid
	for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
	rm -rf "$dir"
}
trap finish EXIT

cd "$dir"
apt-get -qq download "python3-uvicorn=$version" python3-h11 python3-click python3-asgiref 2>/dev/null
for deb in *.deb; do dpkg-deb -x "$deb" root; done
cat >app.py <<'PYTHON'
# Answers / at once and /slow after 25 s.
import asyncio


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    if scope["path"] == "/slow":
        await asyncio.sleep(25)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body"})
PYTHON
port=$((20000 + RANDOM % 10000))

# ends_with FLAG... says whether a server with these flags and a request in flight has ended 4 s after SIGTERM and SIGINT.
ends_with() {
	local server i all
	PYTHONPATH=root/usr/lib/python3/dist-packages python3 -m uvicorn --lifespan off --host 127.0.0.1 --port "$port" "$@" app:app >/dev/null 2>&1 &
	server=$!
	pids+=("$server")
	for _ in {1..100}; do
		curl -sf -o /dev/null "http://127.0.0.1:$port/" && break
		sleep 0.1
	done
	sleep 1
	curl -s -o /dev/null "http://127.0.0.1:$port/slow" &
	pids+=("$!")
	sleep 1
	kill -TERM "$server"
	sleep 1
	kill -INT "$server"
	for ((i = 0; i < 20; i++)); do
		kill -0 "$server" 2>/dev/null || break
		sleep 0.2
	done
	if ! kill -0 "$server" 2>/dev/null; then
		echo yes
		return
	fi
	echo no
	all="$server $(cat "/proc/$server/task/$server/children")"
	# shellcheck disable=SC2086 # PIDs
	kill -9 $all 2>/dev/null || true
	wait "$server" 2>/dev/null || true
}

one=$(ends_with)
two=$(ends_with --workers 2)
echo "uvicorn $version with a request in flight, ended within 4 s by TERM, INT: one process: $one; --workers 2: $two"
[[ $one == yes && $two == no ]] || {
	echo "want yes, no: the behaviour has changed" >&2
	exit 1
}
