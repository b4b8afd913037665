#!/usr/bin/env bash
# A single slow client makes VictoriaMetrics' graceful stop a failure. Expected of a Go server that shuts down
# gracefully: it waits as long as it may, then exits, and its data is closed in either case. Seen with Debian 12's
# victoria-metrics 1.79.5+ds1-2+b5: after SIGTERM it waits 7 s for the request (-http.maxGracefulShutdownDuration), then
# exits at once with 255, by way of log.Fatal: what comes after the HTTP server in its stop, the storage, is not closed.
# Needs apt-get, dpkg-deb, curl and bash's /dev/tcp; serves on loopback; takes 15 seconds. Fails if the behaviour has changed.
set -euo pipefail

version=1.79.5+ds1-2+b5
dir=$(mktemp -d)
pids=()
finish() {
	local pid
	for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
	rm -rf "$dir"
}
trap finish EXIT

cd "$dir"
apt-get -qq download "victoria-metrics=$version" 2>/dev/null
dpkg-deb -x ./*.deb root
port=$((20000 + RANDOM % 10000))

# stop HOW says how long the stop took and its status, idle or with half a request that came before it.
stop() {
	local server status=0 began half
	./root/usr/bin/victoria-metrics -storageDataPath "$dir/data-$1" -httpListenAddr "127.0.0.1:$port" 2>"log-$1" &
	server=$!
	pids+=("$server")
	for _ in {1..300}; do
		curl -sf -o /dev/null "http://127.0.0.1:$port/health" && break
		sleep 0.1
	done
	if [[ $1 == busy ]]; then
		exec {half}<>"/dev/tcp/127.0.0.1/$port"
		printf 'POST /api/v1/import/prometheus HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\na ' >&"$half"
		sleep 1
	fi
	began=$SECONDS
	kill -TERM "$server"
	wait "$server" 2>/dev/null || status=$?
	((SECONDS - began < 5)) && echo "at once, status $status" || echo "late, status $status"
}

idle=$(stop idle)
busy=$(stop busy)
closed=$(grep -c 'successfully closed the storage' log-busy || true)
echo "victoria-metrics $version after TERM: idle: $idle; half a request in flight: $busy, said $closed times that the storage is closed"
[[ $idle == "at once, status 0" && $busy == "late, status 255" && $closed == 0 ]] || {
	echo "want: at once, status 0; late, status 255; 0 times: the behaviour has changed" >&2
	exit 1
}
