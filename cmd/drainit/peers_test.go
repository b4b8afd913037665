package main

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"drainit/internal/probe"
	"drainit/internal/testkit"
)

// testPod is several drainits that share a network namespace, the tests' own,
// each with a PID namespace of its own, as the containers of a pod. Its ID keeps
// it apart from other tests' pods.
type testPod struct {
	t     *testing.T
	id    string
	order string
}

func newPod(t *testing.T, order string) testPod {
	t.Helper()
	return testPod{t, fmt.Sprintf("%d-%.30s-%d", os.Getpid(), strings.NewReplacer("/", "-", "#", "").Replace(t.Name()), time.Now().UnixNano()%1e6), order}
}

// launch starts the drainit of a name, with more flags before its command.
func (p testPod) launch(name string, flags []string, command ...string) *running {
	p.t.Helper()
	return p.launchAs(name, spec{}, flags, command...)
}

func (p testPod) launchAs(name string, s spec, flags []string, command ...string) *running {
	p.t.Helper()
	s.env = append(s.env, "KUBERNETES_SERVICE_HOST=", "DRAINIT_POD_ID="+p.id, "DRAINIT_STOP_ORDER="+p.order, "DRAINIT_NAME="+name)
	s.args = append(append(flags, "--"), command...)
	r := launch(p.t, s)
	r.says("ready")
	return r
}

// served waits until a drainit serves the name, and nobody else did before.
func (p testPod) served(name string) {
	p.t.Helper()
	testkit.Soon(p.t, name+" is served", func() bool { return p.listening(name) })
}

func (p testPod) listening(name string) bool { return p.sockets(name, "00010000") > 0 }

// connections counts the connections that the drainit of a name has now.
func (p testPod) connections(name string) int { return p.sockets(name, "00000000") }

// sockets counts those bound to a name, by their flags: 10000 is a listener's.
func (p testPod) sockets(name, flags string) int {
	table, _ := os.ReadFile("/proc/net/unix")
	n := 0
	for line := range strings.Lines(string(table)) {
		// Num RefCount Protocol Flags Type St Inode Path
		f := strings.Fields(line)
		if len(f) == 8 && f[3] == flags && f[7] == "@drainit/"+p.id+"/"+name {
			n++
		}
	}
	return n
}

// leftNothing checks that the pod's sockets have gone with its drainits.
func (p testPod) leftNothing() {
	p.t.Helper()
	testkit.Soon(p.t, "no socket is left", func() bool {
		table, _ := os.ReadFile("/proc/net/unix")
		return !strings.Contains(string(table), "@drainit/"+p.id+"/")
	})
}

// takes is a program that needs a while for its stop, says when it was told to
// and when it was done, and exits with a status.
func takes(d time.Duration, status int) []string {
	return role("stamps", d.String(), strconv.Itoa(status))
}

var stamp = regexp.MustCompile(`(told|done) (\d+)`)

// stamps returns when a program was told to stop, and when it was done, in
// nanoseconds since 1970; 0 for what it was not.
func (r *running) stamps() (told, done int64) {
	for _, m := range stamp.FindAllStringSubmatch(r.stdout.String(), -1) {
		n, _ := strconv.ParseInt(m[2], 10, 64)
		if m[1] == "told" {
			told = n
		} else {
			done = n
		}
	}
	return told, done
}

// wantAfter checks that a program was told to stop after another was done.
func wantAfter(t *testing.T, what string, later, earlier *running) {
	t.Helper()
	_, done := earlier.stamps()
	told, _ := later.stamps()
	if done == 0 || told == 0 || told < done {
		t.Errorf("%s: told to stop %v after the one before was done, want after it; log of the later:\n%s\nof the earlier:\n%s", what, time.Duration(told-done), later.stderr, earlier.stderr)
	}
	t.Logf("%s: %v after", what, time.Duration(told-done))
}

func TestProxyGoesAfterApp(t *testing.T) {
	t.Parallel()
	p := newPod(t, "app,proxy")
	app, proxy := p.launch("app", nil, takes(500*time.Millisecond, 3)...), p.launch("proxy", nil, takes(0, 4)...)
	p.served("app")
	p.served("proxy")
	proxy.signal(syscall.SIGTERM)
	app.signal(syscall.SIGTERM)
	app.wantExit(3)
	proxy.wantExit(4)
	wantAfter(t, "proxy", proxy, app)
	proxy.logs(`hold_ended="peers gone"`)
	proxy.logs(`peers="app gone after `)
	proxy.logs(`msg="peer gone" peer=app status=3`)
	p.leftNothing()
}

func TestThreeInOrder(t *testing.T) {
	t.Parallel()
	p := newPod(t, "app,cache,proxy")
	flags := []string{"--grace-period", "60s", "--drain-delay", "200ms"}
	app, cache, proxy := p.launch("app", flags, takes(300*time.Millisecond, 0)...), p.launch("cache", flags, takes(300*time.Millisecond, 0)...), p.launch("proxy", flags, takes(0, 0)...)
	p.served("app")
	p.served("cache")
	for _, r := range []*running{proxy, cache, app} {
		r.signal(syscall.SIGTERM)
	}
	for _, r := range []*running{app, cache, proxy} {
		r.wantExit(0)
	}
	wantAfter(t, "cache", cache, app)
	wantAfter(t, "proxy", proxy, cache)
}

// A preStop hook delays the app's SIGTERM, but not the proxy's.
func TestAppWithAPreStop(t *testing.T) {
	t.Parallel()
	p := newPod(t, "app,proxy")
	app, proxy := p.launch("app", nil, takes(200*time.Millisecond, 0)...), p.launch("proxy", nil, takes(0, 0)...)
	p.served("app")
	proxy.signal(syscall.SIGTERM)
	proxy.logs(`waits_for=app`)
	time.Sleep(5 * time.Second)
	app.signal(syscall.SIGTERM)
	app.wantExit(0)
	proxy.wantExit(0)
	wantAfter(t, "proxy", proxy, app)
}

// SIGKILL to a drainit, which as PID 1 takes its program along, is its end.
func TestKilledAppIsGone(t *testing.T) {
	t.Parallel()
	p := newPod(t, "app,proxy")
	app, proxy := p.launch("app", nil, takes(time.Hour, 0)...), p.launch("proxy", nil, takes(0, 4)...)
	p.served("app")
	proxy.signal(syscall.SIGTERM)
	app.signal(syscall.SIGTERM)
	app.says("told")
	if told, _ := proxy.stamps(); told != 0 {
		t.Error("the proxy was told to stop before the app had gone")
	}
	proxy.follows(p, "app") // else it is not there any more, and not gone
	began := time.Now()
	app.signal(syscall.SIGKILL)
	proxy.wantExit(4)
	told, _ := proxy.stamps()
	t.Logf("told %v after SIGKILL", time.Duration(told-began.UnixNano()))
	proxy.logs(`status="not said"`)
	p.leftNothing()
}

func TestOnlyTheProxyIsStopped(t *testing.T) {
	t.Parallel()
	p := newPod(t, "app,proxy")
	app, proxy := p.launch("app", nil, takes(0, 0)...), p.launch("proxy", nil, takes(0, 0)...)
	p.served("app")
	began := time.Now()
	proxy.signal(syscall.SIGTERM)
	proxy.wantExit(0)
	if took := time.Since(began); took < 10*time.Second {
		t.Errorf("left after %v, want after 10s: the app might have been stopped later", took)
	}
	proxy.logs(`hold_ended="peers stay"`)
	proxy.logs(`peers="app stays"`)
	if told, _ := app.stamps(); told != 0 {
		t.Error("the app was told to stop")
	}
}

func TestAbsentAppIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	p := newPod(t, "app,proxy")
	proxy := p.launch("proxy", nil, takes(0, 0)...)
	proxy.signal(syscall.SIGTERM)
	proxy.wantExit(0)
	proxy.logs(`peers="app absent"`)
}

// The app does not end: the proxy is told a reserve before its deadline, and
// the app is killed in time for that.
func TestStuckApp(t *testing.T) {
	t.Parallel()
	p := newPod(t, "app,proxy")
	flags := []string{"--grace-period", "5s"} // deadline 4s, reserve 1.25s
	app, proxy := p.launch("app", flags, takes(time.Hour, 0)...), p.launch("proxy", flags, takes(100*time.Millisecond, 4)...)
	p.served("app")
	began := time.Now()
	app.signal(syscall.SIGTERM)
	proxy.signal(syscall.SIGTERM)
	app.wantExit(137)
	if took := time.Since(began); took < 2750*time.Millisecond {
		t.Errorf("the app was killed after %v: earlier than told", took)
	}
	proxy.wantExit(4)
}

// A drainit that does not answer is not waited for longer than one that stays.
func TestFrozenPeer(t *testing.T) {
	t.Parallel()
	p := newPod(t, "app,proxy")
	app, proxy := p.launchAs("app", spec{notInit: true}, nil, takes(0, 0)...), p.launch("proxy", nil, takes(0, 0)...)
	p.served("app")
	app.signal(syscall.SIGSTOP)
	testkit.Soon(t, "the app's drainit is stopped", func() bool { return stateOf(app.cmd.Process.Pid) == 'T' })
	proxy.signal(syscall.SIGTERM)
	proxy.wantExit(0)
	proxy.logs(`peers="app stays"`)
	app.signal(syscall.SIGCONT)
	app.signal(syscall.SIGTERM)
	app.wantExit(0)
}

func TestRestartedAppOutsideAStop(t *testing.T) {
	t.Parallel()
	p := newPod(t, "app,proxy")
	proxy := p.launch("proxy", nil, takes(0, 0)...)
	for range 3 {
		app := p.launch("app", nil, takes(0, 0)...)
		p.served("app")
		app.signal(syscall.SIGKILL)
		app.wantExit(137)
	}
	app := p.launch("app", nil, takes(300*time.Millisecond, 0)...)
	p.served("app")
	if told, _ := proxy.stamps(); told != 0 {
		t.Error("the proxy was told to stop")
	}
	proxy.signal(syscall.SIGTERM)
	app.signal(syscall.SIGTERM)
	proxy.wantExit(0)
	app.wantExit(0)
	wantAfter(t, "proxy", proxy, app)
	if strings.Contains(proxy.stderr.String(), "WARN") {
		t.Errorf("warnings:\n%s", proxy.stderr)
	}
}

func TestOrdersThatDiffer(t *testing.T) {
	t.Parallel()
	p := newPod(t, "app,proxy")
	app := p.launch("app", nil, takes(time.Second, 0)...)
	p.served("app")
	other := p
	other.order = "app,cache,proxy"
	proxy := other.launch("proxy", nil, takes(0, 0)...)
	for _, r := range []*running{app, proxy} { // before any stop
		r.logs("stop orders differ")
	}
	proxy.logs("order=app,cache,proxy peers_order=app,proxy")
	app.signal(syscall.SIGTERM)
	app.says("told")
	proxy.signal(syscall.SIGTERM)
	proxy.wantExit(0)
	app.wantExit(0)
	_, done := app.stamps()
	if told, _ := proxy.stamps(); told >= done {
		t.Error("the proxy waited for the app, want it to wait for nobody")
	}
	proxy.logs(`hold_ended="stop orders differ"`)
}

func TestNameHeldTwice(t *testing.T) {
	t.Parallel()
	p := newPod(t, "app,proxy")
	app, first := p.launch("app", nil, takes(0, 0)...), p.launch("proxy", nil, takes(0, 0)...)
	p.served("app")
	p.served("proxy")
	second := p.launch("proxy", nil, takes(0, 0)...)
	second.logs("name held by another")
	second.logs("uid=" + strconv.Itoa(os.Getuid()))
	first.signal(syscall.SIGKILL)
	second.logs("name taken over")
	p.served("proxy")
	third := p.launch("proxy", nil, takes(0, 0)...)
	third.logs("name held by another")
	began := time.Now()
	third.signal(syscall.SIGTERM)
	third.wantExit(0)
	if log := third.stderr.String(); strings.Contains(log, "waits_for") {
		t.Errorf("it says that it waits, which it does not:\n%s", log)
	}
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("left after %v, want it not to wait for the app", took)
	}
	second.signal(syscall.SIGTERM) // which has the name, and waits
	second.logs("waits_for=app")
	app.signal(syscall.SIGTERM)
	app.wantExit(0)
	second.wantExit(0)
	wantAfter(t, "proxy", second, app)
}

// Any one's /drain shows all its peers.
func TestDrainShowsPeers(t *testing.T) {
	t.Parallel()
	p := newPod(t, "app,cache,proxy")
	app := p.launch("app", []string{"--drain-delay", "1h"}, takes(0, 0)...)
	p.served("app")
	addr := testkit.FreeAddr(t)
	p.launchAs("proxy", spec{env: []string{"DRAINIT_PROBE_ADDR=" + addr}}, []string{"--exit-with", "job"}, takes(0, 0)...)
	app.signal(syscall.SIGTERM)
	app.logs("stop requested")
	var peers []probe.Peer
	testkit.Soon(t, "the app is seen draining", func() bool {
		answer, err := probe.Fetch(t.Context(), addr, "/drain")
		var st probe.Status
		if err != nil || json.Unmarshal(answer.Body, &st) != nil {
			return false
		}
		peers = st.Peers
		return len(peers) > 0 && peers[0].State == "draining"
	})
	if want := []probe.Peer{{Name: "app", State: "draining"}, {Name: "cache", State: "absent"}, {Name: "job", State: "absent"}}; !slices.Equal(peers, want) {
		t.Errorf("got %+v, want %+v", peers, want)
	}
	app.signal(syscall.SIGKILL)
}

// A drainit inside another has the same variables, and leaves the name to it.
func TestNameUnderDrainit(t *testing.T) {
	t.Parallel()
	p := newPod(t, "app,proxy")
	app := p.launch("app", nil, takes(300*time.Millisecond, 0)...)
	p.served("app")
	proxy := p.launch("proxy", nil, append([]string{binary, "--"}, takes(0, 0)...)...)
	p.served("proxy")
	proxy.signal(syscall.SIGTERM)
	app.signal(syscall.SIGTERM)
	app.wantExit(0)
	proxy.wantExit(0)
	wantAfter(t, "proxy", proxy, app)
	if strings.Contains(proxy.stderr.String(), "name held") {
		t.Errorf("the inner one wants the name, too:\n%s", proxy.stderr)
	}
}

// Containers of a pod run as different users: they wait for each other all the
// same, and say that they cannot tell who it is.
func TestDifferentUsers(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("another user: not root")
	}
	p := newPod(t, "app,proxy")
	shell := func(d string) []string {
		return sh(`trap "echo told $(date +%s%N); sleep ` + d + `; echo done \$(date +%s%N); exit 0" TERM; echo ready; while :; do sleep 0.05; done`)
	}
	app := p.launchAs("app", spec{prepare: "uid=65534"}, nil, shell("0.5")...)
	p.served("app")
	proxy := p.launchAs("proxy", spec{prepare: "uid=1000"}, []string{"--exit-with", "app"}, takesAsAnother()...)
	proxy.logs(`msg="peer not believed" peer=app uid=65534`)
	proxy.signal(syscall.SIGTERM)
	app.signal(syscall.SIGTERM)
	app.wantExit(0)
	proxy.wantExit(6)
	_, done := app.stamps()
	if told, _ := proxy.stamps(); done == 0 || told < done {
		t.Errorf("the proxy was told %v after the app was done, want after", time.Duration(told-done))
	}
}

// takesAsAnother is takes for a user who may not execute the test binary.
func takesAsAnother() []string {
	return sh(`trap 'echo told $(date +%s%N); exit 6' TERM; echo ready; while :; do sleep 0.05; done`)
}

// A name that another user sits on does not keep this one from waiting, and
// cannot make it exit.
func TestSquattedName(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("another user: not root")
	}
	p := newPod(t, "app,proxy")
	squatter := p.launchAs("app", spec{prepare: "uid=65534"}, nil, sh("echo ready; exec sleep 1000")...)
	p.served("app")
	app := p.launch("app", nil, takes(300*time.Millisecond, 0)...)
	app.logs(`msg="name held by another" name=app uid=65534`)
	proxy := p.launch("proxy", []string{"--exit-with", "app"}, takes(0, 0)...)
	proxy.logs(`msg="peer not believed" peer=app uid=65534`)
	squatter.signal(syscall.SIGKILL)
	squatter.wantExit(137)
	app.logs("name taken over")
	if told, _ := proxy.stamps(); told != 0 {
		t.Error("the proxy exits with a squatter")
	}
	proxy.signal(syscall.SIGTERM)
	app.signal(syscall.SIGTERM)
	proxy.wantExit(0)
	wantAfter(t, "proxy", proxy, app)
}
