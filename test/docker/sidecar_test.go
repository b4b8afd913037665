package docker_test

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The story of an app and its proxy to the database: all three share a network
// namespace, as the containers of a pod do, and the app and the proxy are
// stopped at the same moment. The app's last transaction begins with the stop
// and goes through the proxy.

const (
	// Trust, since nobody else is in this network.
	pgbouncerINI = `[databases]
* = host=127.0.0.1 port=5432 user=app
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = 6432
unix_socket_dir =
auth_type = any
pool_mode = transaction
`

	database = `#!/bin/bash
set -e
bin=$(echo /usr/lib/postgresql/*/bin)
$bin/initdb --auth trust --username app --no-sync /tmp/data >/dev/null
exec $bin/postgres -D /tmp/data -c listen_addresses=127.0.0.1 -c unix_socket_directories=/tmp -c fsync=off
`

	// The app says whether a transaction went through.
	app = `#!/bin/bash
transaction() {
	echo "BEGIN; SELECT pg_sleep($1); INSERT INTO done VALUES ('$2'); COMMIT;" |
		psql -qAt -h 127.0.0.1 -p 6432 -U app -v ON_ERROR_STOP=1 postgres
}
trap 'transaction 0.7 last && echo "last transaction done" || echo "last transaction failed"; exit 0' TERM
until transaction 0 first; do sleep 0.1; done
echo ready
while :; do sleep 0.02; done
`
)

// sidecarImage is a Debian with PostgreSQL and pgbouncer, drainit and the app.
var sidecarImage = sync.OnceValues(func() (string, error) {
	debian := imageName()
	output, err := exec.Command("./debian-root.sh", debian, runLabel(), "@servers").CombinedOutput()
	if err != nil {
		return "", &exec.Error{Name: "debian-root.sh: " + string(output), Err: err}
	}
	return buildImage("FROM "+debian+`
		COPY drainit pgbouncer.ini database app /
		RUN ["chmod", "644", "/pgbouncer.ini"]
		USER postgres`, map[string]string{"pgbouncer.ini": pgbouncerINI, "database": database, "app": app})
})

// sidecarStops is how often each pair is stopped. SIDECAR_STOPS is set by `make
// sidecar`.
func sidecarStops() int {
	if n, err := strconv.Atoi(os.Getenv("SIDECAR_STOPS")); err == nil {
		return n
	}
	return 3
}

// sidecarPod is a database, with the network that all share.
type sidecarPod struct {
	t     *testing.T
	image string
	db    *container
}

func newSidecarPod(t *testing.T) sidecarPod {
	t.Helper()
	p := sidecarPod{t: t, image: image(t, sidecarImage)}
	p.db = start(t, p.image, []string{"--network", "none", "--cap-drop", "ALL"}, "/database")
	eventually(t, "the database answers", func() bool {
		_, _, status := p.db.exec("psql", "-qh", "127.0.0.1", "-U", "app", "-c", "CREATE TABLE IF NOT EXISTS done (what text)", "postgres")
		return status == 0
	})
	return p
}

// stopped starts the app and the proxy with an entrypoint each, stops both at
// once, the proxy first, and returns what the app says, and how much longer the
// proxy lived.
func (p sidecarPod) stopped(init ...string) (says string, longer time.Duration, app, proxy *container) {
	p.t.Helper()
	run := func(name string, command ...string) *container {
		flags := append(hardened(), "--user", "postgres", "--network", "container:"+p.db.id, "--env", "DRAINIT_NAME="+name,
			"--env", "DRAINIT_STOP_ORDER=app,proxy", "--env", "DRAINIT_GRACE_PERIOD=60s", "--env", "DRAINIT_PROBE_ADDR=off", "--env", "DRAINIT_DRAIN_DELAY=200ms")
		return start(p.t, p.image, flags, append(append([]string{}, init...), command...)...)
	}
	proxy = run("proxy", "/usr/sbin/pgbouncer", "-q", "/pgbouncer.ini")
	app = run("app", "/app")
	app.waitFor("ready")
	docker(p.t, "kill", "--signal", "TERM", proxy.id, app.id)
	app.exitStatus()
	proxy.exitStatus()
	says, _ = app.logs()
	return says, p.ended(proxy).Sub(p.ended(app)), app, proxy
}

// ended returns when a container ended, as the engine has noted.
func (p sidecarPod) ended(c *container) time.Time {
	p.t.Helper()
	at, err := time.Parse(time.RFC3339Nano, docker(p.t, "inspect", "--format", "{{.State.FinishedAt}}", c.id))
	if err != nil {
		p.t.Fatal(err)
	}
	return at
}

// With another init the app's last transaction finds no proxy.
func TestProxyLeavesFirstWithoutDrainit(t *testing.T) {
	t.Parallel()
	p := newSidecarPod(t)
	failed := 0
	for range sidecarStops() {
		says, _, _, _ := p.stopped("/usr/bin/tini", "--")
		if strings.Contains(says, "last transaction failed") {
			failed++
		}
	}
	t.Logf("%d of %d last transactions failed", failed, sidecarStops())
	if failed == 0 {
		t.Errorf("none of %d last transactions failed: this shows nothing", sidecarStops())
	}
}

// With drainit none does, and the proxy does not stay for longer than it has to.
func TestProxyLeavesLastWithDrainit(t *testing.T) {
	t.Parallel()
	p := newSidecarPod(t)
	var most, own time.Duration
	for range sidecarStops() {
		says, longer, app, proxy := p.stopped("/drainit", "--")
		if !strings.Contains(says, "last transaction done") {
			_, appLog := app.logs()
			_, proxyLog := proxy.logs()
			t.Errorf("the app says %q, want its last transaction done; logs of both:\n%s\n%s", says, appLog, proxyLog)
		}
		_, log := proxy.logs()
		expectText(t, "the proxy's log", log, "signal=SIGINT program=pgbouncer", `hold_ended="peers gone"`, `peers="app gone after `)
		stopping := stoppingTime(t, log)
		most, own = max(most, longer), max(own, longer-stopping)
		if longer < 0 || longer-stopping > 2*time.Second {
			t.Errorf("the proxy ended %v after the app, of which %v were pgbouncer's own; want soon after it", longer, stopping)
		}
	}
	if !t.Failed() {
		t.Logf("0 of %d last transactions failed; the proxy ended %v after the app at most, and %v without the time that pgbouncer needs", sidecarStops(), most, own)
	}
}

// In images from scratch, as different users, without capabilities and with a
// root that cannot be written to: the order holds.
func TestOrderFromScratch(t *testing.T) {
	t.Parallel()
	scratch := image(t, scratchImage)
	member := func(name, user string, more ...string) *container {
		flags := append(hardened("--user", user, "--env", "DRAINIT_NAME="+name, "--env", "DRAINIT_STOP_ORDER=app,proxy",
			"--env", "DRAINIT_PROBE_ADDR=off"), more...)
		return startReady(t, scratch, flags, "/helper", "print-signals", "-status", "7")
	}
	app := member("app", "1000:1000", "--network", "none", "--env", "DRAINIT_DRAIN_DELAY=1s")
	proxy := member("proxy", "65534:65534", "--network", "container:"+app.id)
	docker(t, "kill", "--signal", "TERM", proxy.id, app.id)
	app.expectStatus(7)
	proxy.expectStatus(7)
	_, log := proxy.logs()
	expectText(t, "the proxy's log", log, `peers="app gone after `, `msg="peer not believed" peer=app uid=1000`)
}

// stoppingTime is how long the program needed from its stop signal on.
func stoppingTime(t *testing.T, log string) time.Duration {
	t.Helper()
	m := regexp.MustCompile(` stopping=(\S+) `).FindStringSubmatch(log)
	if m == nil {
		t.Fatalf("no drain report in %q", log)
	}
	d, err := time.ParseDuration(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return d
}
