package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// beServer in the environment makes the test binary the server itself.
const beServer = "BE_SERVER=1"

func TestMain(m *testing.M) {
	if os.Getenv("BE_SERVER") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// start runs the server as a process of its own and returns it with its
// address, once it has said that it is ready.
func start(t *testing.T, args ...string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], append([]string{"-addr", "127.0.0.1:0"}, args...)...)
	cmd.Env = append(os.Environ(), beServer)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			cmd.Process.Kill()
			cmd.Wait()
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	fields := strings.Fields(line)
	if err != nil || len(fields) != 3 || fields[0] != "ready" {
		t.Fatalf("first line %q, error %v, want \"ready ADDR VERSION\"", line, err)
	}
	return cmd, fields[1]
}

// ask sends a request over a connection of its own and returns the answer.
func ask(addr, path string) (version, body string, err error) {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second}
	response, err := client.Get("http://" + addr + path)
	if err != nil {
		return "", "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.Header.Get("X-Version"), string(text), err
}

// inFlight sends a request and returns, once the server is at work on it, a
// channel that gives the error of its answer.
func inFlight(t *testing.T, addr string) <-chan error {
	t.Helper()
	answer := make(chan error, 1)
	go func() {
		_, _, err := ask(addr, "/")
		answer <- err
	}()
	for {
		_, body, err := ask(addr, "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		if body == "ok, 1 in flight\n" {
			return answer
		}
		time.Sleep(time.Millisecond)
	}
}

func TestServerSaysItsVersion(t *testing.T) {
	_, addr := start(t, "-version", "v7")
	version, body, err := ask(addr, "/")
	if err != nil || version != "v7" || body != "hello from v7\n" {
		t.Errorf("X-Version %q, body %q, error %v, want v7, \"hello from v7\\n\", nil", version, body, err)
	}
}

// One that asks for its own time gets it, and the others the server's.
func TestRequestAsksForItsResponseTime(t *testing.T) {
	_, addr := start(t, "-response-time", "1h")
	for path, want := range map[string]string{
		"/?response-time=0s":  "hello from v1\n",
		"/?response-time=61s": "response-time \"61s\": want a duration such as 500ms, at most 1m0s\n",
		"/?response-time=-1s": "response-time \"-1s\": want a duration such as 500ms, at most 1m0s\n",
		"/?response-time=6":   "response-time \"6\": want a duration such as 500ms, at most 1m0s\n",
	} {
		if _, body, err := ask(addr, path); err != nil || body != want {
			t.Errorf("%s: %q, error %v, want %q", path, body, err, want)
		}
	}
	began := time.Now()
	if _, _, err := ask(addr, "/?response-time=200ms"); err != nil || time.Since(began) < 200*time.Millisecond {
		t.Errorf("after %v, error %v, want at least 200ms", time.Since(began), err)
	}
}

func TestStopModes(t *testing.T) {
	tests := []struct {
		mode     string
		answered bool // whether a request in flight at SIGTERM is
		status   int  // exit status
	}{
		{mode: "exit", answered: false, status: 143},
		{mode: "drain", answered: true, status: 0},
	}
	for _, tt := range tests {
		t.Run(tt.mode, func(t *testing.T) {
			t.Parallel()
			cmd, addr := start(t, "-mode", tt.mode, "-response-time", "1s")
			answer := inFlight(t, addr)
			cmd.Process.Signal(syscall.SIGTERM)
			if err := <-answer; (err == nil) != tt.answered {
				t.Errorf("request in flight: error %v, want it answered: %t", err, tt.answered)
			}
			cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != tt.status {
				t.Errorf("exit status %d, want %d", got, tt.status)
			}
			if _, err := net.Dial("tcp", addr); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("new connection after exit: error %v, want ECONNREFUSED", err)
			}
		})
	}
}

func TestIgnoreServesOn(t *testing.T) {
	cmd, addr := start(t, "-mode", "ignore")
	for range 20 {
		cmd.Process.Signal(syscall.SIGTERM)
		if _, _, err := ask(addr, "/"); err != nil {
			t.Fatalf("request after SIGTERM: %v, want an answer", err)
		}
	}
}

func TestStartDelayComesBeforeListening(t *testing.T) {
	began := time.Now()
	start(t, "-start-delay", "300ms")
	if waited := time.Since(began); waited < 300*time.Millisecond {
		t.Errorf("ready after %v, want at least 300ms", waited)
	}
}

func TestModeIsRefusedByName(t *testing.T) {
	var mode stopMode
	if err := mode.UnmarshalText([]byte("stop")); err == nil || !strings.Contains(err.Error(), "exit, drain or ignore") {
		t.Errorf("mode stop: error %v, want one that names the three modes", err)
	}
}
