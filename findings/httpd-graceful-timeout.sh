#!/usr/bin/env bash
# Apache httpd's GracefulShutdownTimeout is not when it ends. Expected from its documentation: at the graceful stop
# (SIGWINCH) a server with a request in flight exits when the timeout is over. Seen with Debian 12's apache2-bin
# 2.4.68-1~deb12u1, MPM event: the parent then begins to end its workers, waits for one that still sends for up to 10 s
# more, and only then kills it. A timeout of 2 s becomes a stop of about 12 s, so that a second number which is to stay
# below a container's grace period has to be 10 s less.
# Needs apt-get, dpkg-deb and curl; serves on loopback; takes half a minute. Fails if the behaviour has changed.
set -euo pipefail

version=2.4.68-1~deb12u1
timeout=2
dir=$(mktemp -d)
pids=()
finish() {
	local pid
	for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
	rm -rf "$dir"
}
trap finish EXIT

cd "$dir"
apt-get -qq download "apache2-bin=$version" libapr1 libaprutil1 2>/dev/null
for deb in *.deb; do dpkg-deb -x "$deb" root; done
mkdir www
head -c 1000000 /dev/zero >www/long
port=$((20000 + RANDOM % 10000))
cat >conf <<EOF
ServerName localhost
ServerRoot $dir
PidFile $dir/pid
ErrorLog $dir/error.log
Listen 127.0.0.1:$port
DocumentRoot $dir/www
LoadModule mpm_event_module $dir/root/usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module $dir/root/usr/lib/apache2/modules/mod_authz_core.so
LoadModule env_module $dir/root/usr/lib/apache2/modules/mod_env.so
LoadModule ratelimit_module $dir/root/usr/lib/apache2/modules/mod_ratelimit.so
GracefulShutdownTimeout $timeout
<Location />
	SetOutputFilter RATE_LIMIT
	SetEnv rate-limit 4
</Location>
EOF
libs=$(dirname "$(find root -name 'libapr-1.so.0' | head -n 1)")
LD_LIBRARY_PATH=$dir/$libs ./root/usr/sbin/apache2 -d "$dir" -f "$dir/conf" -DFOREGROUND &
server=$!
pids+=("$server")
for _ in {1..100}; do
	curl -s -r 0-9 -o /dev/null "http://127.0.0.1:$port/long" && break
	sleep 0.1
done
curl -s -o /dev/null "http://127.0.0.1:$port/long" &
pids+=("$!")
sleep 1

began=$SECONDS
kill -WINCH "$server"
while kill -0 "$server" 2>/dev/null && ((SECONDS - began < 30)); do sleep 0.2; done
took=$((SECONDS - began))
echo "apache2 $version: GracefulShutdownTimeout $timeout, ended after ${took} s"
((took >= timeout + 6 && took <= timeout + 14)) || {
	echo "want about $((timeout + 10)) s: the behaviour has changed" >&2
	exit 1
}
