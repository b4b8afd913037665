#!/usr/bin/env bash
# WEBrick finishes what is in flight on signals for which nobody wrote a handler. Expected of a Ruby program without a
# single trap: SIGTERM, SIGHUP and SIGUSR1 end it on the spot, as they end a C program. Seen with Debian 12's ruby3.1
# 3.1.2-7+deb12u1 and ruby-webrick 1.8.1-1: Ruby turns them into an exception in the main thread, on whose way up
# WEBrick's ensure waits for its threads; then the process ends by the signal. So a status of 138 (SIGUSR1) says nothing
# of requests that were cut.
# Needs apt-get, dpkg-deb and curl; serves on loopback; takes fifteen seconds. Fails if the behaviour has changed.
set -euo pipefail

version=3.1.2-7+deb12u1
webrick=1.8.1-1
dir=$(mktemp -d)
pids=()
finish() {
	local pid
	for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
	rm -rf "$dir"
}
trap finish EXIT

cd "$dir"
apt-get -qq download "ruby3.1=$version" "libruby3.1=$version" "ruby-webrick=$webrick" libgmp10 libyaml-0-2 libcrypt1 libffi8 2>/dev/null
for deb in *.deb; do dpkg-deb -x "$deb" root; done
arch=$(uname -m)-linux-gnu
cat >server.rb <<'RUBY'
# Answers / at once and /slow after 3 s. No trap anywhere.
require "webrick"
server = WEBrick::HTTPServer.new(BindAddress: "127.0.0.1", Port: Integer(ARGV[0]), AccessLog: [], Logger: WEBrick::Log.new(File::NULL))
server.mount_proc("/") { |request, response| sleep 3 if request.path == "/slow"; response.body = "ok" }
server.start
RUBY
port=$((20000 + RANDOM % 10000))

# answers_after SIGNAL says what became of a request in flight, and the status of the server.
answers_after() {
	local server request answer="answered" status=0
	port=$((port + 1))
	env LD_LIBRARY_PATH="root/usr/lib/$arch:root/lib/$arch" \
		RUBYLIB="root/usr/share/rubygems-integration/all/gems/webrick-${webrick%-*}/lib:root/usr/lib/ruby/vendor_ruby:root/usr/lib/ruby/3.1.0:root/usr/lib/$arch/ruby/3.1.0" \
		root/usr/bin/ruby3.1 --disable=gems server.rb "$port" 2>/dev/null &
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
hup=$(answers_after HUP)
usr1=$(answers_after USR1)
echo "WEBrick $webrick with a request of 3 s in flight and no trap: TERM: $term; HUP: $hup; USR1: $usr1"
[[ $term == "answered, status 143" && $hup == "answered, status 129" && $usr1 == "answered, status 138" ]] || {
	echo "want: answered by each, status 143, 129, 138: the behaviour has changed" >&2
	exit 1
}
