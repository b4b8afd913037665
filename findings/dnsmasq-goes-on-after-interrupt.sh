#!/usr/bin/env bash
# dnsmasq in the foreground goes on after SIGINT. Expected of a foreground program (-k, --keep-in-foreground), with ^C or
# a Compose file's stop_signal: SIGINT in mind: it ends. Seen with Debian 12's dnsmasq 2.90-4~deb12u2: with -k it ignores
# SIGINT and ends on SIGTERM alone, with 0; with -d, which keeps it in the foreground as well, SIGINT ends it.
# Needs apt-get and dpkg-deb; listens on loopback; takes five seconds. Fails if the behaviour has changed.
set -euo pipefail

version=2.90-4~deb12u2
dir=$(mktemp -d)
pids=()
finish() {
	local pid
	for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
	rm -rf "$dir"
}
trap finish EXIT

cd "$dir"
apt-get -qq download "dnsmasq-base=$version" libhogweed6 libidn2-0 libdbus-1-3 libnetfilter-conntrack3 libnfnetlink0 libnettle8 libnftables1 libnftnl11 libjansson4 libmnl0 libxtables12 libedit2 libbsd0 libmd0 libgmp10 libunistring2 2>/dev/null
for deb in *.deb; do dpkg-deb -x "$deb" root; done
port=$((20000 + RANDOM % 10000))

# ends_after SIGNAL FLAG says what becomes of it within 2 s. env gives it the signals of a foreground program.
ends_after() {
	local server status=0 i
	rm -f "$dir/pid"
	LD_LIBRARY_PATH="root/usr/lib/$(uname -m)-linux-gnu:root/lib/$(uname -m)-linux-gnu" \
		env --default-signal=INT root/usr/sbin/dnsmasq "$2" -C /dev/null -p "$port" -a 127.0.0.1 -u "$(id -un)" -x "$dir/pid" --no-resolv 2>/dev/null &
	server=$!
	pids+=("$server")
	for _ in {1..100}; do
		[[ -s $dir/pid ]] && break
		sleep 0.1
	done
	sleep 0.5
	kill "-$1" "$server"
	for ((i = 0; i < 20; i++)); do
		kill -0 "$server" 2>/dev/null || break
		sleep 0.1
	done
	if kill -0 "$server" 2>/dev/null; then
		kill -9 "$server"
		echo "goes on"
		return
	fi
	wait "$server" 2>/dev/null || status=$?
	echo "ends with $status"
}

int=$(ends_after INT -k)
term=$(ends_after TERM -k)
debug=$(ends_after INT -d)
echo "dnsmasq $version: -k, INT: $int; -k, TERM: $term; -d, INT: $debug"
[[ $int == "goes on" && $term == "ends with 0" && $debug == "ends with"* ]] || {
	echo "want: goes on; ends with 0; ends: the behaviour has changed" >&2
	exit 1
}
