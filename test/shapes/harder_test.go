package shapes_test

import (
	"testing"
	"time"
)

// TestReaders: who writes into a pipe does not end by the end of who reads it, whoever
// that is.
func TestReaders(t *testing.T) {
	t.Parallel()
	both := map[string]string{"serve": "TERM", "ship": "TERM"}
	rows(t, []shape{
		{
			name: "loop that runs a command", script: `serve | while read -r l; do echo "$l"; sleep 1000; done; mark next`, shells: allShells,
			gets: "8080/3s", told: term, lines: "serve done", status: "0|143",
		},
		{
			name: "busy loop", script: `{ yes | head -500; serve; } | while read -r l; do /bin/true; done; mark next`, shells: allShells,
			gets: "8080/3s", told: term, lines: "serve done", status: "0|143",
		},
		{
			name: "filter before a loop", script: `serve | sed -u s/x/y/ | while read -r l; do echo "$l"; done; mark next`, shells: allShells,
			gets: "8080/3s", told: term, lines: "serve done", says: []string{"has drained\n"}, status: "0|143",
		},
		{
			name: "reader that serves", script: `serve | serve -name ship -port 9090`, shells: allShells, up: "ship:ready",
			gets: "8080/3s", told: both, lines: "serve done", status: "0|143",
		},
		{
			name: "filter before a reader that serves", script: `serve | sed -u s/x/y/ | serve -name ship -port 9090; mark next`, up: "ship:ready",
			gets: "8080/3s", told: both, lines: "serve done", status: "0|143",
		},
		{
			name: "a program that reads its child", argv: []string{"python3", "/reads.py"}, files: map[string]string{"/reads.py": readsChild},
			gets: "8080/3s", told: term, lines: "serve done", status: "143",
		},
	})
}

// readsChild is a start script in Python that has no handler for SIGTERM.
const readsChild = `
import subprocess
p = subprocess.Popen(['serve'], stdout=subprocess.PIPE)
for line in p.stdout:
    print('app:', line.decode(), end='', flush=True)
p.wait()
open('/t/diary', 'a').write('next ran\n')
`

// TestGroupGoesNotOn: bash and busybox ignore the SIGQUIT that nginx's group gets.
func TestGroupGoesNotOn(t *testing.T) {
	t.Parallel()
	rows(t, []shape{
		{
			name: "nginx", script: `nginx; mark next`, shells: allShells, flags: []string{"--group"},
			gets: "8080/big", told: quit, program: "nginx", status: "131|143",
		},
		{
			name: "two servers", script: `serve -name a & serve -name b -port 8081; mark next`, shells: allShells, flags: []string{"--group"}, up: "a:ready b:ready",
			gets: "8080/3s 8081/2s", told: map[string]string{"a": "TERM", "b": "TERM"}, status: "143",
		},
	})
}

// TestTrapOfGroup: a script that waits for its server has the time of that one.
func TestTrapOfGroup(t *testing.T) {
	t.Parallel()
	rows(t, []shape{{
		name: "trap", script: `/inner.sh; mark next`, flags: []string{"--group"}, gets: "8080/4s", after: "inner", told: map[string]string{"serve": "TERM|TERM TERM"}, lines: "serve done", status: "143",
		files: map[string]string{"/inner.sh": "#!/bin/sh\ntrap 'mark inner; kill $P; wait $P; exit 1' TERM\nserve & P=$!\nwait $P\nmark step\n"},
	}})
}

// TestToldOnce: a server that listens on while it drains, and takes a second signal for
// "now", gets one, whether from a trap or from drainit.
func TestToldOnce(t *testing.T) {
	t.Parallel()
	files, once := map[string]string{"/srv/keep.py": listensOn}, map[string]string{"keep": "TERM"}
	rows(t, []shape{
		{
			name: "trap that does not wait", script: `python3 /srv/keep.py & P=$!; trap 'kill $P' TERM; wait $P`, files: files, shells: allShells,
			up: "keep:ready", told: once, lines: "keep done", atLeast: 2 * time.Second,
		},
		{
			name: "shell", script: `python3 /srv/keep.py; mark next`, files: files, shells: allShells,
			up: "keep:ready", told: once, lines: "keep done", status: "143", atLeast: 2 * time.Second,
		},
		{
			name: "trap that tells the last one", script: `serve -name a -drain 3s & serve -name b -port 8081 & P=$!; trap 'kill $P; wait $P; exit 3' TERM; wait`, shells: allShells, oneDoes: true,
			up: "a:ready b:ready", told: map[string]string{"a": "TERM", "b": "TERM"}, lines: "a done", status: "3", atMost: 5 * time.Second,
		},
		{
			name: "trap in a script that traps", script: `trap 'mark outer; exit 3' TERM; /inner.sh & wait; mark next`, files: map[string]string{"/inner.sh": "#!/bin/sh\ntrap 'mark inner; exit 4' TERM\nserve & wait\nmark step\n"},
			gets: "8080/5s", told: term, lines: "serve done", after: "outer inner", status: "3",
		},
		{
			name: "trap beside nginx", script: `/inner.sh & nginx; mark next`, files: map[string]string{"/inner.sh": "#!/bin/sh\ntrap 'mark inner; kill $P; wait $P; exit 4' TERM\nserve -port 8081 & P=$!\nwait\nmark step\n"},
			gets: "8080/big 8081/5s", told: map[string]string{"nginx": "QUIT", "serve": "TERM"}, lines: "serve done", after: "inner", status: "143",
		},
		{
			name: "sweep 0", script: `serve; mark next`, flags: []string{"--sweep", "0"},
			gets: "8080/3s", told: term, lines: "serve done", status: "143",
		},
	})
}

// listensOn drains for 2 s.
const listensOn = `
import os, signal, socket, threading, time
def note(s): open('/t/diary', 'a').write(s + '\n')
s = socket.socket()
s.bind(('', 8080))
s.listen()
def drain():
    time.sleep(2)
    note('keep done')
    os._exit(0)
def term(*_):
    note('keep got TERM')
    if threading.active_count() > 1:
        os._exit(1)
    threading.Thread(target=drain).start()
signal.signal(signal.SIGTERM, term)
note('keep ready')
while True:
    signal.pause()
`

// TestSuspended: some suspend themselves with what they run, and are resumed with it.
func TestSuspended(t *testing.T) {
	t.Parallel()
	rows(t, []shape{
		{
			name: "script", argv: []string{"script", "-qec", "serve; echo next ran >>/t/diary", "/dev/null"},
			gets: "8080/3s", told: term, lines: "serve done", status: "0|143", atMost: 7 * time.Second,
		},
		{
			name: "script below su", script: `su -c 'script -qec "serve; mark inner" /dev/null'; mark next`,
			gets: "8080/3s", told: term, lines: "serve done", status: "143",
		},
		{
			name: "make below su", argv: []string{"su", "-c", "make -f /Makefile"}, files: map[string]string{"/Makefile": "all:\n\tserve\n\techo inner ran >>/t/diary\n"},
			gets: "8080/3s", told: term, lines: "serve done", status: "0|2|143",
		},
	})
}

// TestNotAllowed: nobody waits for what ignores its signal below a shell, which tini
// ends at once, nor, without CAP_KILL and a deadline, for another user's program.
func TestNotAllowed(t *testing.T) {
	t.Parallel()
	below := func(script string) []string {
		return []string{"setpriv", "--bounding-set=-kill", "--inh-caps=-kill", "drainit", "--", "sh", "-c", script}
	}
	rows(t, []shape{
		{name: "ignored", script: `(trap '' TERM; exec sleep 1000); mark next`, up: "sleep", status: "143"},
		{name: "ignored, by one that serves", pid1: []string{"drainit", "--", "sh", "-c", `(trap '' TERM; exec python3 -m http.server 8080); mark next`}, up: "python3", status: "143", atMost: 2*time.Second + noise},
		{name: "in a shell", pid1: below(`gosu nobody serve; mark next`), gets: "8080/9s", cut: true, status: "143", atMost: 2*time.Second + noise},
		{name: "beside tail", pid1: below(`gosu nobody serve & exec tail -f /dev/null`), gets: "8080/9s", cut: true, status: "143", atMost: 2*time.Second + noise},
	})
}
