#!/usr/bin/env bash
# Caddy's SIGQUIT does not end a Caddy that stops already. Expected from its documentation (SIGQUIT: quits immediately,
# SIGTERM: exits gracefully): a second, harder signal ends a stop that takes too long. Seen with Debian 12's caddy
# 2.6.2-5: after SIGTERM, SIGQUIT changes the exit status to 2 and nothing else: it still waits for the request in
# flight. So does one SIGINT. A second SIGINT ends it at once, with status 2; that it is counted apart from SIGTERM is
# not said. Without a grace_period one long request so keeps Caddy until SIGKILL.
# Needs apt-get, dpkg-deb, curl and python3; serves on loopback; takes half a minute. Fails if the behaviour has changed.
set -euo pipefail

version=2.6.2-5
dir=$(mktemp -d)
pids=()
finish() {
	local pid
	for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
	rm -rf "$dir"
}
trap finish EXIT

cd "$dir"
apt-get -qq download "caddy=$version" 2>/dev/null
dpkg-deb -x ./*.deb root
port=$((20000 + RANDOM % 10000))
cat >slow.py <<'PYTHON'
# Answers / at once and /slow after 20 s.
import http.server, sys, time


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/slow":
            time.sleep(20)
        self.send_response(200)
        self.end_headers()


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
PYTHON
python3 slow.py $((port + 1)) 2>/dev/null &
pids+=("$!")
printf '{\n\tadmin off\n}\nhttp://:%d {\n\tbind 127.0.0.1\n\treverse_proxy 127.0.0.1:%d\n}\n' "$port" $((port + 1)) >Caddyfile

# ends_within SECONDS SIGNAL... starts Caddy, has a request in flight, and says whether it has ended so soon after these
# signals, half a second apart, and with which status.
ends_within() {
	local seconds=$1 server status=0
	shift
	HOME=$dir ./root/usr/bin/caddy run --config Caddyfile --adapter caddyfile 2>/dev/null &
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
		sleep 0.5
	done
	for ((i = 0; i < seconds * 5; i++)); do
		kill -0 "$server" 2>/dev/null || break
		sleep 0.2
	done
	if kill -0 "$server" 2>/dev/null; then
		echo "goes on"
		kill -9 "$server"
		wait "$server" 2>/dev/null || true
		return
	fi
	wait "$server" || status=$?
	echo "ends with $status"
}

quit=$(ends_within 5 TERM QUIT)
once=$(ends_within 5 TERM INT)
twice=$(ends_within 5 TERM INT INT)
echo "caddy $version with a request in flight: TERM, QUIT: $quit; TERM, INT: $once; TERM, INT, INT: $twice"
[[ $quit == "goes on" && $once == "goes on" && $twice == "ends with 2" ]] || {
	echo "want: goes on; goes on; ends with 2: the behaviour has changed" >&2
	exit 1
}
