package front

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// named serves its name at an address until the test ends.
func named(t *testing.T, addr, name string) (port string, ok bool) {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return "", false
	}
	s := &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(name)) })}}
	s.Start()
	t.Cleanup(s.Close)
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port, true
}

// freePort is free on both loopback addresses, and not one that the kernel chooses for others.
func freePort(t *testing.T) string {
	t.Helper()
	_, port, _ := net.SplitHostPort(testkit.FreeAddr(t))
	return port
}

func localhostAt(t *testing.T, port string) Target {
	t.Helper()
	target, err := parseTarget("localhost:" + port)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// toTarget has the front's only route lead to a target, which is waited for so long.
func toTarget(to Target, wait time.Duration) func(*Config) {
	return func(c *Config) { c.Routes[0].Target, c.WaitTarget = to, wait }
}

// TestLocalhost is either loopback address, 127.0.0.1 first, and no name that is looked up.
func TestLocalhost(t *testing.T) {
	port := freePort(t)
	if _, ok := named(t, "[::1]:"+port, "six"); !ok {
		t.Skip("no IPv6")
	}
	_, front := behind(t, &net.TCPAddr{}, toTarget(localhostAt(t, port), time.Second))
	for range 3 {
		if got := get(t, front); got != "six" {
			t.Fatalf("got %q", got)
		}
	}
	if _, ok := named(t, "127.0.0.1:"+port, "four"); !ok {
		t.Fatal("port " + port + " is taken on 127.0.0.1")
	}
	if got := get(t, front); got != "four" {
		t.Errorf("with both got %q", got)
	}
}

// TestLocalhostLater: neither listens yet, and then one does.
func TestLocalhostLater(t *testing.T) {
	port := freePort(t)
	_, front := behind(t, &net.TCPAddr{}, toTarget(localhostAt(t, port), patience))
	got := make(chan string, 1)
	go func() { got <- get(t, front) }()
	time.Sleep(100 * time.Millisecond)
	if _, ok := named(t, "[::1]:"+port, "late"); !ok {
		t.Skip("no IPv6")
	}
	if got := receive(t, got); got != "late" {
		t.Errorf("got %q", got)
	}
}

// TestLocalhostNobody: the client is told of 127.0.0.1, whether there is IPv6 or not.
func TestLocalhostNobody(t *testing.T) {
	port := freePort(t)
	_, front := behind(t, &net.TCPAddr{}, toTarget(localhostAt(t, port), time.Millisecond))
	if got := get(t, front); !strings.Contains(got, "127.0.0.1:"+port) || !strings.Contains(got, "refused") {
		t.Errorf("got %q", got)
	}
}

func TestAddrs(t *testing.T) {
	for target, want := range map[Target][]string{
		{"tcp", "localhost:80"}:     {"127.0.0.1:80", "[::1]:80"},
		Localhost(8080):             {"127.0.0.1:8080", "[::1]:8080"},
		{"tcp", "[::1]:80"}:         {"[::1]:80"},
		{"tcp", "10.0.0.1:80"}:      {"10.0.0.1:80"},
		{"tcp", "app:80"}:           nil,
		{"unix", "localhost:80"}:    nil,
		{"unix", "/run/localhost:"}: nil,
		{}:                          nil,
	} {
		var got []string
		for _, addr := range target.Addrs() {
			got = append(got, addr.String())
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v: got %v, want %v", target, got, want)
		}
	}
}

// get is the body of an answer on a connection of its own.
func get(t *testing.T, addr string) string {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	answer, err := client.Get("http://" + addr + "/")
	if err != nil {
		t.Error(err)
		return ""
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Error(err)
	}
	return string(body)
}
