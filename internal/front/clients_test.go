package front

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// needs skips a test whose client or server is not installed.
func needs(t *testing.T, command string) {
	t.Helper()
	if _, err := exec.LookPath(command); err != nil {
		t.Skipf("%s is not installed", command)
	}
}

// nodeServer starts testdata/server.js, which closes idle connections after idle.
func nodeServer(t *testing.T, idle time.Duration) (net.Addr, *bufio.Reader) {
	t.Helper()
	needs(t, "node")
	cmd := exec.Command("node", "testdata/server.js", strconv.Itoa(int(idle.Milliseconds())))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	r := bufio.NewReader(out)
	port, err := r.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	n, _ := strconv.Atoi(strings.TrimSpace(port))
	return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: n}, r
}

// A Node client that keeps its connections to a Node server leaves during a drain,
// without a failed request.
func TestNodeDrains(t *testing.T) {
	to, _ := nodeServer(t, 5*time.Second)
	f, front := behind(t, to)
	cmd := exec.Command("node", "testdata/client.js", "http://"+front+"/a?b")
	stop, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	var problems lines
	cmd.Stderr = &problems
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(out)
	if line, err := r.ReadString('\n'); line != "going\n" {
		cmd.Wait()
		t.Fatalf("%q, %v: %s", line, err, problems.String())
	}
	if n := f.Stats().Connections; n > 10 {
		t.Errorf("%d connections, want 10 kept ones", n)
	}
	f.Drain()
	now := f.Stats().Requests[2]
	eventually(t, "500 answers during the drain", func() bool { return f.Stats().Requests[2] > now+500 || problems.String() != "" })
	stop.Close()
	var said struct{ Done, Closes int }
	if err := json.NewDecoder(r).Decode(&said); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil || problems.String() != "" {
		t.Fatalf("%v: %s", err, problems.String())
	}
	if said.Closes < 450 {
		t.Errorf("%d of %d answers closed the connection", said.Closes, said.Done)
	}
	f.Close()
	if n := f.Cut(); n > 0 {
		t.Errorf("%d cut", n)
	}
}

// A server that closes idle connections just when the client asks again loses no
// POST, since the front asks it on a new one. Without a front most of these are lost.
func TestNodeIdleTimeout(t *testing.T) {
	to, _ := nodeServer(t, 200*time.Millisecond)
	const idle = 1200 * time.Millisecond // Node adds a second
	_, front := behind(t, to)
	const post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"
	var lost atomic.Int32
	var wg sync.WaitGroup
	for i := range 100 {
		c := dial(t, front)
		wg.Go(func() {
			r := bufio.NewReader(c)
			for range 2 {
				io.WriteString(c, post)
				answer, err := http.ReadResponse(r, nil)
				if err != nil || answer.StatusCode != 200 {
					lost.Add(1)
					return
				}
				io.Copy(io.Discard, answer.Body)
				time.Sleep(idle - time.Millisecond + time.Duration(i)*200*time.Microsecond)
			}
		})
	}
	wg.Wait()
	if n := lost.Load(); n > 0 {
		t.Errorf("%d of 100 POSTs lost", n)
	}
}

// Node sees that the client of an event stream has gone.
func TestNodeSeesTheClientGo(t *testing.T) {
	to, out := nodeServer(t, 5*time.Second)
	_, front := behind(t, to)
	c := dial(t, front)
	io.WriteString(c, "GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, answer.Body, "data: first\n\n")
	c.Close()
	if line, err := out.ReadString('\n'); line != "closed\n" {
		t.Errorf("%q, %v", line, err)
	}
}

// curl does what it does with the program alone.
func TestCurl(t *testing.T) {
	needs(t, "curl")
	to := program(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elsewhere" {
			http.Redirect(w, r, "/there", http.StatusFound)
			return
		}
		w.WriteHeader(http.StatusEarlyHints)
		n, err := io.Copy(io.Discard, r.Body)
		fmt.Fprintf(w, "%s %s %s %d %v", r.Method, r.Host, r.RequestURI, n, err)
	})
	_, front := behind(t, to)
	big := filepath.Join(t.TempDir(), "big")
	if err := exec.Command("truncate", "-s", "20M", big).Run(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"/a?b=%20c"}, "GET HOST /a?b=%20c 0 <nil>"},
		{[]string{"/1", "URL/2", "URL/3"}, "GET HOST /1 0 <nil>GET HOST /2 0 <nil>GET HOST /3 0 <nil>"},
		{[]string{"-0", "/"}, "GET HOST / 0 <nil>"},
		{[]string{"-T", big, "/"}, "PUT HOST /big 20971520 <nil>"}, // with Expect: 100-continue
		{[]string{"-T", big, "-H", "Transfer-Encoding: chunked", "/"}, "PUT HOST /big 20971520 <nil>"},
		{[]string{"-w", "%{http_code} %{redirect_url}", "-o", "/dev/null", "/elsewhere"}, "302 URL/there"},
		{[]string{"--path-as-is", "/a/../b"}, "GET HOST /a/../b 0 <nil>"},
		{[]string{"-I", "-o", "/dev/null", "-w", "%{http_code}", "/"}, "200"},
	} {
		args := []string{"-sS", "--max-time", "20"}
		for i, a := range tt.args {
			if strings.HasPrefix(a, "/") && i == len(tt.args)-1 || a == "/1" {
				a = "URL" + a
			}
			args = append(args, strings.ReplaceAll(a, "URL", "http://"+front))
		}
		out, err := exec.Command("curl", args...).CombinedOutput()
		want := strings.NewReplacer("URL", "http://"+front, "HOST", front).Replace(tt.want)
		if string(out) != want || err != nil {
			t.Errorf("curl %q: %q, %v; want %q", args, out, err, want)
		}
	}
}
