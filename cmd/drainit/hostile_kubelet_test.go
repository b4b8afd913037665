package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// enterCrowd has a crowd come, and returns what has it go and say how it fared.
func enterCrowd(t *testing.T, addr string, n int, asks []string, env ...string) (leave func() string) {
	t.Helper()
	argv := role("crowd", append([]string{addr, strconv.Itoa(n)}, asks...)...)
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.Env, cmd.Stderr = append(os.Environ(), env...), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	if line, err := lines.ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("got %q, %v from the crowd, want ready", line, err)
	}
	leave = sync.OnceValue(func() string {
		in.Close()
		line, _ := lines.ReadString('\n')
		cmd.Wait()
		return strings.TrimSpace(line)
	})
	t.Cleanup(func() { leave() })
	return leave
}

// probed is how a kubelet fared.
type probed struct {
	probes   int
	failures []string
	late     int // that failed while the machine was late for others, too
	slowest  time.Duration
}

// machineLate is what the slowest answer of a server that nobody else asks may
// take before the machine is to blame for what another takes.
const machineLate = 150 * time.Millisecond

// kubelet asks for the paths each second, on a connection of its own, and gives
// each a second. At the same time it asks a server of the tests' own that has
// nothing else to do, every 50 ms: the machine is busy with other tests.
func kubelet(t *testing.T, addr string, d time.Duration, paths ...string) (p probed) {
	control := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer control.Close()
	var mu sync.Mutex
	var all sync.WaitGroup
	for until := time.Now().Add(d); time.Now().Before(until); time.Sleep(time.Second) {
		for _, path := range paths {
			all.Go(func() {
				var machine time.Duration
				done, watched := make(chan struct{}), make(chan struct{})
				go func() {
					defer close(watched)
					for over := false; !over; {
						began := time.Now()
						probeOnce(control.Listener.Addr().String(), "/")
						time.Sleep(50 * time.Millisecond)
						machine = max(machine, time.Since(began)-50*time.Millisecond)
						select {
						case <-done:
							over = true
						default:
						}
					}
				}()
				began := time.Now()
				err := probeOnce(addr, path)
				took := time.Since(began)
				close(done)
				<-watched
				mu.Lock()
				defer mu.Unlock()
				p.probes++
				p.slowest = max(p.slowest, took)
				switch {
				case err != nil && machine > machineLate:
					p.late++
					t.Logf("not counted, the machine was %v late: %s: %v after %v", machine, path, err, took)
				case err != nil:
					p.failures = append(p.failures, fmt.Sprintf("%s: %v after %v", path, err, took.Round(time.Millisecond)))
				}
			})
		}
	}
	all.Wait()
	return p
}

func probeOnce(addr, path string) error {
	until := time.Now().Add(time.Second)
	c, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return err
	}
	defer c.Close()
	c.SetDeadline(until)
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path)
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return err
	}
	if answer.StatusCode != 200 {
		body, _ := io.ReadAll(answer.Body)
		return fmt.Errorf("%d %s", answer.StatusCode, body)
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return err
}
