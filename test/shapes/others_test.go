package shapes_test

import (
	"testing"
	"time"
)

// term is what serve is told, once.
var term = map[string]string{"serve": "TERM"}

// TestOthers: more shapes of the same kinds. Each has one download in flight at a
// server somewhere in it.
func TestOthers(t *testing.T) {
	t.Parallel()
	var inOne []shape
	for _, s := range inShells() {
		s.oneDoes = true
		inOne = append(inOne, s)
	}
	rows(t, inOne)
	rows(t, inBash())
	rows(t, inWrappers())
}

// inShells are scripts for any shell.
func inShells() []shape {
	return []shape{
		{
			name: "port mapper beside a broker", script: `(serve -name mapper -port 4369 &); su nobody -s /bin/sh -c 'serve -drain 3s; mark inner'; mark outer`, shells: allShells, // as epmd of rabbitmq-server
			up: "mapper:ready", gets: "8080/3s", told: map[string]string{"mapper": "TERM", "serve": "TERM"}, lines: "serve done", status: "143",
		},
		{
			name: "port mapper beside an idle broker", script: `(serve -name mapper -port 4369 &); su nobody -s /bin/sh -c 'serve -drain 4s; mark inner'; mark outer`, shells: allShells,
			up: "mapper:ready serve:ready", told: map[string]string{"mapper": "TERM", "serve": "TERM"}, lines: "serve done", status: "143", atLeast: 4 * time.Second,
		},
		{name: "tee", script: `serve 2>&1 | tee /t/log`, shells: allShells, gets: "8080/5s", told: term, lines: "serve done", status: "0|143"},
		{
			name: "sed", script: `node /srv/server.js 2>&1 | sed -u 's/^/app: /'`, shells: allShells,
			gets: "8080/5s", told: map[string]string{"node": "TERM"}, lines: "node done", says: []string{`app: closed`}, status: "0|143",
		},
		{name: "orphan beside tail", script: `(serve &); tail -f /dev/null; mark next`, shells: allShells, gets: "8080/5s", told: term, lines: "serve done"},
		{name: "restarted for ever", script: `while true; do serve & wait $!; mark restart; done`, shells: allShells, gets: "8080/5s", told: term, lines: "serve done", status: "143"},
		{
			name: "restarted until a trap", script: `trap 'mark trap; kill $P; wait $P; exit 0' TERM; while true; do serve & P=$!; wait $P; mark restart; done`, shells: allShells,
			gets: "8080/5s", told: term, lines: "serve done", after: "trap", status: "0",
		},
		{name: "until it works", script: `until serve -status 1; do mark again; sleep 1; done; mark next`, shells: allShells, gets: "8080/5s", told: term, lines: "serve done", status: "143"},
		{name: "while it fails", script: `while ! serve; do mark again; sleep 1; done; mark next`, shells: allShells, gets: "8080/5s", told: term, lines: "serve done", status: "143"},
		{
			name: "two, one of them busy", script: `serve -name a & serve -name b -port 8081 & wait; mark next`, shells: allShells, up: "a:ready b:ready",
			gets: "8080/5s", told: map[string]string{"a": "TERM", "b": "TERM"}, lines: "a done", status: "143",
		},
		{
			name: "two, the other one busy", script: `serve -name a & serve -name b -port 8081; mark next`, shells: allShells, up: "a:ready b:ready",
			gets: "8081/5s", told: map[string]string{"a": "TERM", "b": "TERM"}, lines: "b done", status: "143",
		},
		{
			name: "parent of two ends", script: `sh -c 'serve -name a & serve -name b -port 8081 &'; sleep 1000; mark next`, shells: allShells, up: "a:ready b:ready sleep",
			gets: "8080/5s 8081/4s", told: map[string]string{"a": "TERM", "b": "TERM"}, lines: "a done", status: "143",
		},
		{
			name: "php-fpm and nginx", script: `php-fpm8.2 -D && nginx; mark next`, shells: allShells, files: phpFiles, up: "php-fpm8.2",
			gets: "8080/slow.php", told: quit, status: "143",
		},
		{
			name: "php-fpm beside nginx", script: `php-fpm8.2 -F & nginx & wait; mark next`, files: phpFiles, up: "php-fpm8.2",
			gets: "8080/slow.php", told: quit, status: "143",
		},
		{name: "script that is read", script: `. /lib.sh; mark next`, files: map[string]string{"/lib.sh": "#!/bin/sh\nserve\nmark lib\n"}, shells: allShells, gets: "8080/5s", told: term, lines: "serve done"},
		{name: "function", script: `f() { nginx; mark inner; }; f; mark outer`, shells: allShells, gets: "8080/big", told: quit},
		{name: "here document", script: "sh <<'EOF'\nnginx\nmark inner\nEOF\nmark outer", shells: allShells, gets: "8080/big", told: quit},
		{name: "subshell", script: `(nginx; mark inner); mark outer`, shells: allShells, gets: "8080/big", told: quit},
		{name: "TERM ignored by the shell", script: `trap '' TERM; nginx; mark next`, shells: allShells, grace: 10 * time.Second, gets: "8080/big", told: map[string]string{"nginx": ""}, status: "137"},
		{name: "set -e", script: "set -e\nnginx\nmark next", shells: allShells, gets: "8080/big", told: quit},
		{name: "cron loop beside nginx", script: `while :; do mark tick; sleep 1000; done & nginx`, shells: allShells, up: "sleep", gets: "8080/big", told: quit},
		{name: "poll beside nginx", script: `while sleep 1000; do mark poll; done & nginx; mark next`, shells: allShells, up: "sleep", gets: "8080/big", told: quit},
		{
			name: "reload loop beside nginx", script: `nginx & while true; do inotifywait -q -e modify /srv; mark reload; nginx -s reload; done`, shells: allShells, up: "inotifywait",
			gets: "8080/big", told: quit, program: "nginx", status: "143",
		},
		{
			name: "reload loop that sleeps", script: `nginx & while true; do sleep 1000; mark reload; nginx -s reload; done`, shells: allShells, up: "sleep",
			gets: "8080/big", told: quit, program: "nginx", status: "143",
		},
		{
			name: "PID file watched", script: `nginx -c /etc/nginx/daemon.conf; while kill -0 "$(cat /t/nginx.pid)"; do sleep 1000; mark look; done; mark next`, shells: allShells, up: "sleep",
			gets: "8080/big", told: quit, program: "nginx", status: "143",
		},
		{name: "wait for it", script: `nginx & wait $!; mark next`, shells: allShells, gets: "8080/big", told: quit, program: "nginx", status: "143"},
		{name: "sleep infinity beside nginx", script: `nginx & exec sleep infinity`, shells: allShells, up: "sleep", gets: "8080/big", told: quit, program: "nginx", status: "143"},
		{name: "tail -F beside nginx", script: `nginx & exec tail -F /var/log/nginx/access.log`, shells: allShells, up: "tail", gets: "8080/big", told: quit, program: "nginx", status: "143"},
		{name: "steps, then exec", script: `true; mark step; exec nginx`, shells: allShells, gets: "8080/big", told: quit, program: "nginx", status: "0"},
		{
			name: "FIFO for its input", script: `mkfifo /t/fifo; serve </t/fifo & exec 3>/t/fifo; wait; mark next`, shells: allShells,
			gets: "8080/5s", told: term, lines: "serve done", status: "143",
		},
		{name: "trap of another signal", script: `trap 'mark usr' USR1; nginx; mark next`, shells: allShells, gets: "8080/big", told: quit, status: "143"},
		{
			name: "TERM trap around a server", script: `trap 'mark trap; exit 7' TERM; nginx; mark next`, shells: allShells, grace: 10 * time.Second,
			gets: "8080/big", status: "137", says: []string{`start that with & and then wait, or exec it`}, // as under tini
		},
		{
			name: "trap that sends QUIT", script: `trap 'mark trap; kill -QUIT $(cat /t/nginx.pid); wait' TERM; nginx & wait; mark next`, shells: allShells,
			gets: "8080/big", told: quit, afterAsTini: true,
		},
		{
			name: "npm start", argv: []string{"npm", "start"}, files: npmFiles(`node /srv/server.js`, `true`), shells: allShells,
			gets: "8080/5s", told: map[string]string{"node": "TERM"}, lines: "node done", status: "0|143",
		},
		{
			name: "npm start and more", argv: []string{"npm", "start"}, files: npmFiles(`node /srv/server.js; mark next`, `true`), shells: allShells,
			gets: "8080/5s", told: map[string]string{"node": "TERM"}, lines: "node done",
		},
		{
			name: "npm in a shell", script: `npm start; mark outer`, files: npmFiles(`nginx; mark next`, `true`), shells: allShells,
			gets: "8080/big", told: quit,
		},
		{name: "npm's step before", argv: []string{"npm", "start"}, files: npmFiles(`mark start`, `sleep 1000`), shells: allShells, up: "sleep"},
		{name: "npm's step before goes on", argv: []string{"npm", "start"}, files: npmFiles(`mark start`, `sleep 1000; mark pre`), shells: allShells, up: "sleep"},
		{name: "dump in a pipeline", script: `(echo data; sleep 1000) | gzip >/t/tmp; mark mv; mv /t/tmp /t/final`, shells: allShells, up: "sleep gzip", hasNot: "final", status: "143"},
		{name: "dump in a pipeline, and", script: `(echo data; sleep 1000) | gzip >/t/tmp && mark mv && mv /t/tmp /t/final`, shells: allShells, up: "sleep gzip", hasNot: "final", status: "143"},
		{
			name: "make", argv: []string{"make", "-f", "/Makefile"}, files: map[string]string{"/Makefile": "all: first second\nfirst:\n\tnginx\nsecond:\n\techo second ran >>/t/diary\n"},
			gets: "8080/big", told: quit, status: "0|143|2",
		},
		{
			name: "make, steps", argv: []string{"make", "-f", "/Makefile"}, up: "sleep",
			files: map[string]string{"/Makefile": "all: first second\nfirst:\n\t-sleep 1000; echo inner ran >>/t/diary\nsecond:\n\techo second ran >>/t/diary\n"},
		},
		{
			name: "supervisord", argv: []string{"supervisord", "-n", "-c", "/supervisord.conf"}, files: map[string]string{"/supervisord.conf": supervisord},
			gets: "8080/big", told: quit, status: "0",
		},
		{
			name: "supervisord in a shell", script: `supervisord -n -c /supervisord.conf; mark next`, files: map[string]string{"/supervisord.conf": supervisord}, shells: allShells,
			gets: "8080/big", told: quit, status: "143",
		},
		{name: "xargs", script: `echo x | xargs -I{} sh -c 'serve; mark inner'; mark outer`, shells: allShells, gets: "8080/5s", told: term, lines: "serve done"},
		{name: "xargs, one after the other", script: `seq 3 | xargs -n 1 sh -c 'mark "begin"; sleep 1000'; mark next`, shells: allShells, up: "sleep"},
		{name: "find -exec", script: `find /srv -maxdepth 0 -exec serve \; ; mark next`, shells: allShells, gets: "8080/5s", told: term, lines: "serve done"},
		{name: "find -exec, one after the other", script: `find /srv -exec sh -c 'mark x; sleep 1000' \; ; mark next`, shells: allShells, up: "sleep"},
	}
}

// inBash are scripts that only bash understands.
func inBash() []shape {
	bash := func(s shape, script string) shape {
		s.argv = []string{"bash", "-c", script}
		return s
	}
	return []shape{
		bash(shape{name: "descriptor of a substitution", gets: "8080/5s", told: term, lines: "serve done", status: "143"}, `exec 3< <(serve); read -r -u 3 x; mark next`),
		bash(shape{name: "output to tee", gets: "8080/5s", told: map[string]string{"node": "TERM"}, lines: "node done", says: []string{"closed\n"}}, `exec > >(tee /t/out) 2>&1; node /srv/server.js; mark next`),
		bash(shape{name: "wait -n, then kill", gets: "8080/5s", up: "sleep", told: term, lines: "serve done", status: "143"}, `serve & sleep 1000 & wait -n; mark next; kill $(jobs -p)`),
		bash(shape{name: "two busy, wait -n, then kill", gets: "8080/3s 8081/5s", told: map[string]string{"a": "TERM", "b": "TERM"}, lines: "b done", status: "143"}, `serve -name a & serve -name b -port 8081 & wait -n; mark next; kill $(jobs -p)`),
		bash(shape{name: "coproc", gets: "8080/5s", told: term, lines: "serve done", status: "143"}, `coproc serve; read -r -u ${COPROC[0]} x; mark next`),
		bash(shape{name: "time", gets: "8080/big", told: quit, status: "143"}, `time nginx; mark next`),
		bash(shape{name: "ERR trap", up: "sleep"}, `trap 'mark err' ERR; sleep 1000; mark next`),
		bash(shape{name: "CHLD trap", up: "sleep"}, `trap 'mark chld' CHLD; sleep 1000; mark next`),
		bash(shape{name: "RETURN trap", up: "sleep"}, `f() { trap 'mark return' RETURN; sleep 1000; }; f; mark next`),
		bash(shape{name: "EXIT trap and set -e", up: "sleep", after: "cleanup", status: "143"}, `set -e; trap 'mark cleanup' EXIT; sleep 1000; mark next`),
		bash(shape{name: "EXIT trap, loop", up: "sleep", after: "cleanup", status: "143"}, `trap 'mark cleanup' EXIT; while true; do mark job; sleep 1000; done`),
		bash(shape{name: "EXIT trap, server in the background", gets: "8080/5s", told: term, lines: "serve done", after: "bye", status: "143"}, `trap 'mark bye' EXIT; serve & wait; mark next`),
		bash(shape{name: "pipefail", up: "sleep gzip", hasNot: "final", status: "143"}, "set -eo pipefail\n(echo data; sleep 1000) | gzip >/t/tmp\nmark mv\nmv /t/tmp /t/final"),
		{name: "login shell", argv: []string{"bash", "-lc", "nginx; mark next"}, gets: "8080/big", told: quit, program: "nginx"},
		{name: "bash -c in a shell", script: `bash -c 'nginx; mark inner'; mark outer`, shells: allShells, gets: "8080/big", told: quit, program: "nginx"},
		{
			name: "start script", argv: []string{"/start.sh"}, files: map[string]string{"/start.sh": "#!/bin/bash\nset -euo pipefail\nmark migrate\nnginx \"$@\"\nmark next\n"},
			gets: "8080/big", told: quit, program: "nginx",
		},
	}
}

// supervisord stops nginx as its image says.
const supervisord = `
[supervisord]
nodaemon=true
user=root
logfile=/t/supervisord.log
[program:nginx]
command=/usr/sbin/nginx
stopsignal=QUIT
`
