package peers_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// kubernetes makes drainit believe that it runs there.
var kubernetes = []string{"KUBERNETES_SERVICE_HOST=10.0.0.1"}

// TestNothingListensNothingIsHeld: in a network namespace where nobody can be
// reached a default hold would be for nothing. drainit's own probe address,
// which is there, does not count.
func TestNothingListensNothingIsHeld(t *testing.T) {
	t.Parallel()
	for name, command := range map[string][]string{
		"no listener":   role("wait", "0"),
		"loopback only": role("listen", "127.0.0.1:8080", "0s"),
	} {
		alone(t, func(a *attempt) {
			p := a.start(spec{newNet: true, prepare: "loopback", env: append(kubernetes, "DRAINIT_PROBE_ADDR=:10143"), command: command})
			p.says("ready")
			begin := time.Now()
			p.signal(syscall.SIGTERM)
			p.wantExit(0)
			p.logs(`rule="nothing listens"`)
			if took := time.Since(begin); took > 4*time.Second {
				a.fail("%s: held for %v", name, took)
			}
		})
	}
}

// TestOtherDrainitsServeNobody: each of two drainits in a network namespace sees
// the other's probe address, for which nothing needs to be held, and which is no
// sign of a program. (The inner one would hold nothing anyway, see
// TestNoHoldTwice.)
func TestOtherDrainitsServeNobody(t *testing.T) {
	t.Parallel()
	alone(t, func(a *attempt) {
		inner := append([]string{binary, "--probe-addr", ":10144", "--"}, role("ask", "127.0.0.1:10143", "127.0.0.1:10144")...)
		p := a.start(spec{newNet: true, prepare: "loopback", env: append(kubernetes, "DRAINIT_PROBE_ADDR=:10143"), command: inner})
		p.says("\nready\n")
		if out := p.stdout.String(); strings.Count(out, ": 503 ") != 2 {
			a.fail("/readyz of the two: %s", out)
		}
		p.signal(syscall.SIGTERM)
		p.wantExit(0)
		p.logs(`rule="nothing listens"`)
	})
}

// TestHoldWhereSomethingListens keeps the default hold, which under Kubernetes
// is 5 s, and a given one whatever listens.
func TestHoldWhereSomethingListens(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		command []string
		flags   []string
		env     []string
		hold    time.Duration
		rule    string
	}{
		{"default", role("listen", "0.0.0.0:8080", "0s"), nil, kubernetes, 5 * time.Second, "auto: Kubernetes"},
		{"given", role("wait", "0"), []string{"--drain-delay", "1s"}, kubernetes, time.Second, "as given"},
		{"quarter", role("listen", ":8080", "0s"), []string{"--grace-period", "6s"}, nil, 1500 * time.Millisecond, "a quarter of the grace period"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			alone(t, func(a *attempt) {
				p := a.start(spec{newNet: true, env: c.env, flags: map[string][]string{"drainit": c.flags}, command: c.command})
				p.says("ready")
				begin := time.Now()
				p.signal(syscall.SIGTERM)
				p.wantExit(0)
				if took := time.Since(begin); took < c.hold {
					a.fail("held for %v, want %v", took, c.hold)
				}
				p.logs(c.rule)
			})
		})
	}
}

// TestReadiness of a server that needs a while until it listens, with no
// settings but where to ask: no request before, none from the stop on, and
// alive throughout.
func TestReadiness(t *testing.T) {
	t.Parallel()
	alone(t, func(a *attempt) {
		probes, server := testkit.FreeAddr(t), testkit.FreeAddr(t)
		p := a.start(spec{flags: map[string][]string{"drainit": {"--probe-addr", probes, "--drain-delay", "5s"}}, command: role("listen", server, "3s")})
		p.says("started")
		live := func() {
			if code, body := get(probes, "/livez"); code != 200 {
				a.fail("/livez: %d %s", code, body)
			}
		}
		a.soon("probes are answered", func() bool { code, _ := get(probes, "/livez"); return code == 200 })
		for !strings.Contains(p.stdout.String(), "ready") {
			// Listening comes first, then the word, then green.
			code, body := get(probes, "/readyz?verbose")
			if code == 200 && !listens(server) {
				a.fail("ready before it listens: %s", body)
			}
			live()
			time.Sleep(20 * time.Millisecond)
		}
		a.soon("ready", func() bool { code, _ := get(probes, "/readyz"); return code == 200 })
		p.signal(syscall.SIGTERM)
		p.logs("stop requested")
		held := 0
		for ; !strings.Contains(p.stderr.String(), "stop signal sent"); time.Sleep(20 * time.Millisecond) {
			code, body := get(probes, "/readyz?verbose")
			switch {
			case code == 503 && strings.Contains(body, "[-]shutdown"):
				held++
			case code == 200:
				a.fail("ready during the hold: %s", body)
			}
			if !strings.Contains(p.stderr.String(), "stop signal sent") && listens(server) && held == 1 {
				live()
			}
		}
		if held < 3 { // each is told by a process of its own, which a busy machine takes its time for
			a.fail("readiness was red %d times in the hold", held)
		}
		p.wantExit(0)
	})
}

// TestForeignProcTellsNothing: where /proc is another PID namespace's, drainit's
// own number there is a stranger's, whose listeners are not the child's.
func TestForeignProcTellsNothing(t *testing.T) {
	t.Parallel()
	stranger, err := net.Listen("tcp", "127.0.0.1:0") // of the namespace whose /proc it is
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	alone(t, func(a *attempt) {
		probes := testkit.FreeAddr(t)
		p := a.start(spec{prepare: "proc=foreign", flags: map[string][]string{"drainit": {"--probe-addr", probes}}, command: role("wait", "6")})
		p.says("ready")
		a.soon("probes are answered", func() bool { code, _ := get(probes, "/livez"); return code == 200 })
		if code, body := get(probes, "/readyz?verbose"); code != 503 || !strings.Contains(body, "set --ports") {
			a.fail("/readyz: %d %s, want 503 and that the ports are to be set", code, body)
		}
		p.signal(syscall.SIGTERM)
		p.wantExit(6)
	})
}

// TestFewDescriptors: whoever holds probe connections open leaves drainit the
// descriptors it needs to look at the child and its connections.
func TestFewDescriptors(t *testing.T) {
	t.Parallel()
	for limit, pages := range map[string][]string{
		"nofile=64": {"/readyz", "/metrics", "/readyz?verbose"},
		"nofile=20": {"/readyz", "/metrics", "/readyz?verbose"},
		"nofile=16": {"/readyz"},
	} {
		alone(t, func(a *attempt) {
			probes, server := testkit.FreeAddr(t), testkit.FreeAddr(t)
			flags := []string{"--probe-addr", probes, "--drain-until", "idle", "--drain-delay", "1s", "--deadline", "1h"}
			p := a.start(spec{prepare: limit, flags: map[string][]string{"drainit": flags}, command: role("listen", server, "0s")})
			p.says("ready")
			a.soon("ready", func() bool { code, _ := get(probes, "/readyz"); return code == 200 })
			held := &crowd{size: 400}
			defer held.leave()
			held.enter(a, probes)
			time.Sleep(500 * time.Millisecond) // in which the idle ones have had their time
			for _, page := range pages {
				if code, body := get(probes, page); code != 200 {
					a.fail("%s: %s: %d %s", limit, page, code, body)
				}
			}
			p.signal(syscall.SIGTERM)
			p.wantExit(0)
			p.logs(`hold_ended="nothing in flight"`)
			if strings.Contains(p.stderr.String(), "level=WARN") {
				a.fail("%s: %s", limit, p.stderr)
			}
		})
	}
}

func listens(addr string) bool {
	c, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return false
	}
	c.Close()
	return true
}

// get asks for a page, 0 where nobody answers.
func get(addr, path string) (code int, body string) {
	client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	reply, err := client.Get("http://" + addr + path)
	if err != nil {
		return 0, err.Error()
	}
	defer reply.Body.Close()
	b, _ := io.ReadAll(reply.Body)
	return reply.StatusCode, string(b)
}
