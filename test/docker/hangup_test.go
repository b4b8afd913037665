package docker_test

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// clients is how many docker run -i there are at the same time: the engine takes down no
// more than some ten containers a second on two cores.
const clients = 20

// TestClientsThatAreKilled: the containers of clients that are killed end with
// --stop-on-hangup, and stay under tini. HANGUP_BATCHES is how often so many clients are
// killed.
func TestClientsThatAreKilled(t *testing.T) {
	t.Parallel()
	batches, err := strconv.Atoi(cmp.Or(os.Getenv("HANGUP_BATCHES"), "1"))
	if err != nil {
		t.Fatal(err)
	}
	for range batches {
		tini := runClients(t, "/usr/bin/tini", "--")
		killed := tini.kill()
		drainit := runClients(t, "/drainit", "--stop-on-hangup", "--")
		time.Sleep(time.Until(killed.Add(5 * time.Second))) // which tini's containers outlive
		if left := len(tini.containers()); left != clients {
			t.Errorf("tini: %d of %d containers are left, want all", left, clients)
		}
		killed = drainit.kill()
		eventually(t, "no container is left", func() bool { return len(drainit.containers()) == 0 })
		t.Logf("drainit: the last of %d containers had gone %v after their clients were killed; under tini all were left",
			clients, time.Since(killed).Round(100*time.Millisecond))
		tini.remove()
	}
}

// attached are clients of containers that run.
type attached struct {
	t     *testing.T
	label string
	all   []*exec.Cmd
}

// runClients has containers run below an entrypoint, each with a client that reads from a pipe.
func runClients(t *testing.T, entrypoint string, args ...string) *attached {
	t.Helper()
	a := &attached{t: t, label: "hangup=" + filepath.Base(entrypoint) + strconv.Itoa(os.Getpid())}
	t.Cleanup(a.remove)
	ready := make(chan error, clients)
	places := make(chan struct{}, 4) // as many are started at a time
	for range clients {
		cmd := exec.Command("docker", slices.Concat([]string{"run", "--interactive", "--rm", "--pull", "never", "--label", runLabel(), "--label", a.label,
			"--memory", "32m", "--entrypoint", entrypoint, image(t, usersImage)}, args, []string{"sh", "-c", "echo ready; exec sleep 1000"})...)
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { stdin.Close() })
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		places <- struct{}{}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		a.all = append(a.all, cmd)
		go func() {
			_, err := io.ReadFull(stdout, make([]byte, len("ready\n")))
			ready <- err
			<-places
		}()
	}
	for range clients {
		if err := <-ready; err != nil {
			t.Fatalf("a container did not start: %v", err)
		}
	}
	return a
}

// containers are those that run.
func (a *attached) containers() []string {
	return strings.Fields(docker(a.t, "ps", "--quiet", "--filter", "label="+a.label))
}

// kill kills the clients, and returns when.
func (a *attached) kill() time.Time {
	killed := time.Now()
	for _, cmd := range a.all {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	return killed
}

// remove ends what is left.
func (a *attached) remove() {
	a.kill()
	if ids := a.containers(); len(ids) > 0 {
		dockerStatus(a.t, append([]string{"rm", "--force"}, ids...)...) // one that goes by itself meanwhile is an error
	}
}

// TestAGigabyteOfInput: --stop-on-hangup touches nothing of what the client sends, and the
// program has read all of it before the end of the input is a stop.
func TestAGigabyteOfInput(t *testing.T) {
	t.Parallel()
	const size = 1 << 30
	random := rand.NewChaCha8([32]byte{19})
	sum := sha256.New()
	cmd := exec.Command("docker", "run", "--interactive", "--rm", "--pull", "never", "--label", runLabel(),
		"--entrypoint", "/drainit", image(t, usersImage), "--stop-on-hangup", "--grace-period", "60s", "--", "sha256sum")
	cmd.Stdin = io.TeeReader(io.LimitReader(random, size), sum)
	out, err := cmd.Output()
	want := hex.EncodeToString(sum.Sum(nil))
	if err != nil || !strings.HasPrefix(string(out), want) {
		t.Errorf("error %v, sum %q, want %s", err, out, want)
	}
}
