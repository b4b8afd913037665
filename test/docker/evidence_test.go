package docker_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// refuseNetlink is a seccomp profile that has socket(2) fail with EPERM for
// AF_NETLINK (16), and allows all else.
const refuseNetlink = `{
	"defaultAction": "SCMP_ACT_ALLOW",
	"syscalls": [{
		"names": ["socket"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1,
		"args": [{"index": 0, "value": 16, "op": "SCMP_CMP_EQ"}]
	}]
}`

// withoutNetlink returns the flags of a container under that profile.
func withoutNetlink(t *testing.T) []string {
	t.Helper()
	profile := filepath.Join(t.TempDir(), "seccomp.json")
	if err := os.WriteFile(profile, []byte(refuseNetlink), 0o644); err != nil {
		t.Fatal(err)
	}
	return []string{"--security-opt", "seccomp=" + profile}
}

// untilIdle returns the flags of a container whose stop waits for what is in
// flight.
func untilIdle(delay string) []string {
	return []string{"--env", "DRAINIT_DRAIN_UNTIL=idle", "--env", "DRAINIT_DRAIN_DELAY=" + delay, "--env", "DRAINIT_GRACE_PERIOD=40s"}
}

// ask makes a request on a connection of its own and says what came of it, a
// moment or half a minute later.
func ask(url string) <-chan request {
	answer := make(chan request, 1)
	go func() {
		r := request{at: time.Now()}
		defer func() { answer <- r }()
		client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
		response, err := client.Get(url)
		if err != nil {
			r.body = err.Error()
			return
		}
		defer response.Body.Close()
		content, err := io.ReadAll(response.Body)
		if r.body = string(content); err != nil {
			r.body = err.Error()
			return
		}
		r.status = response.StatusCode
	}()
	return answer
}

// A program that is gone at once on SIGTERM loses no request in flight, where
// nothing is allowed but what Docker's default profile allows; and where that is
// without netlink either, which is said once.
func TestIdleWaitsForTheRequestInFlight(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		flags    func(*testing.T) []string
		warnings int
		logs     []string
	}{
		"default seccomp": {func(*testing.T) []string { return nil }, 0,
			[]string{`connections="1 request in flight had finished, no connections remained"`, " requests_cut=0\n"}},
		"without netlink": {withoutNetlink, 1,
			[]string{`msg="connections seen in part"`, "NETLINK_SOCK_DIAG", "operation not permitted"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			flags := hardened(append(append(publish(serverPort, probePort), untilIdle("1s")...), tt.flags(t)...)...)
			c := startReady(t, image(t, scratchImage), flags, "/helper", "serve", "-on-term", "exit")
			expectReady(t, c)
			const take = 6 * time.Second
			answer := ask(c.url(serverPort) + "/?take=" + take.String())
			c.waitFor("working")
			c.stop("--time", "40")
			c.expectStatus(0)
			r := <-answer
			if r.status != 200 || r.body != "ok\n" {
				t.Errorf("the request in flight: %d %s, want 200 and ok", r.status, r.body)
			}
			if signalled := c.sigtermAt().Sub(r.at); signalled < take-time.Millisecond {
				t.Errorf("the stop signal came %v after the request, want it after %v", signalled, take)
			}
			_, stderr := c.logs()
			expectText(t, "stderr", stderr, append(tt.logs, `hold_ended="nothing in flight"`)...)
			if got := strings.Count(stderr, "level=WARN") + strings.Count(stderr, "level=ERROR"); got != tt.warnings {
				t.Errorf("%d warnings and errors, want %d:\n%s", got, tt.warnings, stderr)
			}
		})
	}
}

// Connections that the program has not accepted would be reset by its end. The
// stop signal waits until it has; without --drain-until they are lost.
func TestListenQueueIsDrained(t *testing.T) {
	t.Parallel()
	const clients = 5
	for name, tt := range map[string]struct {
		flags  []string
		served int
	}{
		"idle":  {untilIdle("0"), clients},
		"delay": {nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := startReady(t, image(t, scratchImage), hardened(append(publish(serverPort), tt.flags...)...),
				"/helper", "serve", "-on-term", "exit", "-accept-at-usr1")
			var answers []<-chan request
			for range clients {
				answers = append(answers, ask(c.url(serverPort)))
			}
			eventually(t, "all wait in the queue", func() bool {
				stdout, _, _ := c.exec("/helper", "queue", serverPort)
				return stdout == fmt.Sprintf("queue %d\n", clients)
			})
			c.signal("TERM")
			if tt.served > 0 {
				time.Sleep(2 * time.Second) // several looks
				if stdout, _ := c.logs(); strings.Contains(stdout, "caught 15") {
					t.Error("the stop signal was sent while connections waited to be accepted")
				}
				c.signal("USR1")
			}
			c.expectStatus(0)
			served := 0
			for _, answer := range answers {
				if r := <-answer; r.status == 200 {
					served++
				} else {
					t.Logf("lost: %s", r.body)
				}
			}
			if served != tt.served {
				t.Errorf("%d of %d requests answered, want %d", served, clients, tt.served)
			}
			if _, stderr := c.logs(); tt.served > 0 {
				expectText(t, "stderr", stderr, `hold_ended="nothing in flight"`, "level=INFO msg=\"drain report\"", " requests_cut=0\n")
			}
		})
	}
}
