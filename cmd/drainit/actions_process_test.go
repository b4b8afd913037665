package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestActionsForReal: a server and a FIFO are told, before the program is.
func TestActionsForReal(t *testing.T) {
	t.Parallel()
	told := make(chan string, 10)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		told <- strings.TrimSpace(fmt.Sprintf("%s %s %s", r.Method, r.RequestURI, body))
		if err != nil {
			told <- err.Error()
		}
	}))
	defer server.Close()
	path := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	fifo, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer fifo.Close()
	r := launch(t, spec{args: command([]string{"--at-drain", "post:" + server.URL + "/drain?graceful", "--at-stop", "write:" + path + ":q",
		"--at-drain", "put:" + server.URL + "/v1/agent/service/deregister/web-1", "--at-drain", "post:" + server.URL + `/ body:{"a": "b:c"}`,
		"--at-stop", "post:http://127.0.0.1:1/nobody"}, role("wait", "3")...)})
	r.says("ready")
	r.signal(syscall.SIGTERM)
	r.wantExit(3)
	if got := allOf(told); !slices.Equal(got, []string{"POST /drain?graceful", "PUT /v1/agent/service/deregister/web-1", `POST / {"a": "b:c"}`}) {
		t.Errorf("the server was told %q", got)
	}
	if got, err := io.ReadAll(fifo); string(got) != "q" || err != nil {
		t.Errorf("the FIFO has %q, %v; want q", got, err)
	}
	r.logs(`msg="action done" at=stop action=write:` + path)
	r.logs(`msg="action failed" at=stop action=post:http://127.0.0.1:1/nobody error="http://127.0.0.1:1/nobody: connect: connection refused"`)
	if strings.Contains(r.stderr.String(), "graceful ") || strings.Contains(r.stderr.String(), "?graceful") || strings.Contains(r.stderr.String(), "b:c") {
		t.Errorf("the log has the query or the body: %s", r.stderr)
	}
}

// A drainit inside another has the same variables; the actions are done once.
func TestActionsUnderDrainit(t *testing.T) {
	t.Parallel()
	told := make(chan string, 10)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { told <- r.URL.Path }))
	defer server.Close()
	env := []string{"DRAINIT_AT_DRAIN=post:" + server.URL + "/drain", "DRAINIT_AT_STOP=post:" + server.URL + "/stop"}
	r := launch(t, spec{env: env, args: command(nil, append([]string{binary, "--"}, role("wait", "3")...)...)})
	r.says("ready")
	r.signal(syscall.SIGTERM)
	r.wantExit(3)
	if got := allOf(told); !slices.Equal(got, []string{"/drain", "/stop"}) {
		t.Errorf("the server was told %q, want each once", got)
	}
}

// allOf returns what is in the channel, to which nobody sends any more.
func allOf(told chan string) (all []string) {
	close(told)
	for s := range told {
		all = append(all, s)
	}
	return all
}
