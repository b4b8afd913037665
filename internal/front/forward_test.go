package front

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// passedOn is a whole request as it goes on, or nothing of one that is refused or not
// whole. It is what write writes of one that came in one piece.
func passedOn(p []byte, address string) (sent []byte, length int) {
	p = bytes.Clone(p)
	var m framing
	end, done, err := m.heading(p)
	if !done || err != nil {
		return nil, 0
	}
	head := p[end-m.headSize() : end]
	data, n, err := m.payload(p[end:])
	if err != nil || m.state != complete {
		return nil, 0
	}
	sent = m.head.appendRequest(nil, head, address)
	if m.head.chunked {
		return appendEnd(appendChunk(sent, data), m.trailer), end + n
	}
	return append(sent, data...), end + n
}

// sameRequest compares how net/http reads a request as it came and as it goes on.
func sameRequest(came, sent []byte) error {
	var m framing
	switch n, done, err := m.next(sent); {
	case err == tooMany || err == tooLarge: // with the field that was added
	case n != len(sent) || !done || err != nil:
		return fmt.Errorf("the front refuses it itself: %d of %d bytes, %v", n, len(sent), err)
	}
	first, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(came)))
	if err != nil {
		return fmt.Errorf("net/http refuses it: %w", err)
	}
	r := bufio.NewReader(bytes.NewReader(sent))
	second, err := http.ReadRequest(r)
	if err != nil {
		return fmt.Errorf("net/http refuses what goes on: %w", err)
	}
	a, err := io.ReadAll(first.Body)
	if err != nil {
		return err
	}
	b, err := io.ReadAll(second.Body)
	if err != nil {
		return err
	}
	if rest, _ := io.ReadAll(r); len(rest) > 0 {
		return fmt.Errorf("net/http takes %q for another request", rest)
	}
	say := func(r *http.Request) string {
		return fmt.Sprintln(r.Method, r.RequestURI, strings.ToLower(r.Host), r.Proto, r.ContentLength, r.TransferEncoding, r.Trailer)
	}
	if say(first) != say(second) || !bytes.Equal(a, b) {
		return fmt.Errorf("it is %s%q, and goes on as %s%q", say(first), a, say(second), b)
	}
	return nil
}

// What goes on is read as what came, and as one request.
func TestForwardedIsTheSame(t *testing.T) {
	for _, s := range requestsTaken {
		p := []byte(withHost(s))
		for _, address := range []string{"", "192.0.2.1"} {
			sent, length := passedOn(p, address)
			if length != len(p) {
				t.Errorf("%q: %d of %d bytes", p, length, len(p))
			} else if err := sameRequest(p, sent); err != nil {
				t.Errorf("%q: %v", p, err)
			}
		}
	}
}

func FuzzForward(f *testing.F) {
	for _, s := range requestsTaken {
		f.Add([]byte(withHost(s)))
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		f.Add(someRequest(random))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		sent, length := passedOn(p, "192.0.2.1")
		if length == 0 {
			return
		}
		came := bytes.TrimLeft(p[:length], "\r\n") // which net/http does not skip
		if err := sameRequest(came, sent); err != nil {
			t.Fatalf("%q, %q: %v", came, sent, err)
		}
	})
}

// someRequest is a valid request in one of many spellings.
func someRequest(random *rand.Rand) []byte {
	one := func(of ...string) string { return of[random.IntN(len(of))] }
	var b strings.Builder
	b.WriteString(one("", "", "", "\r\n"))
	b.WriteString(one("GET", "POST", "PUT", "get", "M-X") + " " + one("/", "/a?b", "//c", "/%20", "http://a/", "*", "/;x#y") + " HTTP/1.1\r\n")
	fields := []string{"Host: a", "X: " + one("", "1", " \t 2\t", "\xe4", "\"a\r"[:2]), one("Connection: close", "connection: X", "CONNECTION:keep-alive,\tTE", "A: b"),
		one("TE: trailers", "Te:gzip", "Keep-Alive: 5", "Proxy-Connection: close"), one("X-Forwarded-For: 10.0.0.1", "x-forwarded-for:", "C: d"),
		one("Upgrade: h2c", "Expect:", "Trailer: X", "Content-Type: a/b"), one("Connection: content-length", "Connection: host,transfer-encoding", "E: f")}
	body := one("", "a", "GET /inner HTTP/1.1\r\nHost: a\r\n\r\n", "0\r\n\r\n")
	switch random.IntN(3) {
	case 0:
		body = ""
	case 1:
		fields = append(fields, fmt.Sprintf("%s:%s%d", one("Content-Length", "content-length"), one("", " ", "\t", " 00"), len(body)))
	default:
		fields = append(fields, one("Transfer-Encoding: chunked", "transfer-encoding:CHUNKED "))
		chunk := fmt.Sprintf("%s%x%s\r\n%s\r\n", one("", "0", "000"), len(body), one("", ";a", ";a=\"b\";c"), body)
		if body == "" {
			chunk = ""
		}
		body = chunk + one("0", "000", "0;x=y") + "\r\n" + one("", "X: 1\r\n") + "\r\n"
	}
	random.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	b.WriteString(strings.Join(fields, "\r\n") + "\r\n\r\n" + body)
	return []byte(b.String())
}

// Other servers take what goes on for one request, too, or refuse it: what comes after it
// on the connection is the next one.
func TestServersReadTheSame(t *testing.T) {
	for _, s := range []struct{ command, config string }{
		{"nginx", `daemon off; master_process off; pid DIR/pid; error_log DIR/error;
events {}
http { access_log off; client_body_temp_path DIR/a; proxy_temp_path DIR/b; fastcgi_temp_path DIR/c; uwsgi_temp_path DIR/d; scgi_temp_path DIR/e;
  server { listen ADDRESS; location / { return 200 "is $request_uri"; } } }
`},
		{"haproxy", `defaults
  mode http
  timeout client 20s
  timeout server 20s
  timeout connect 20s
frontend f
  bind ADDRESS
  option http-buffer-request
  http-request return status 200 content-type text/plain lf-string "is %[pathq]"
`},
	} {
		if _, err := exec.LookPath(s.command); err != nil {
			t.Logf("without %s", s.command)
			continue
		}
		t.Run(s.command, func(t *testing.T) {
			address := otherServer(t, s.command, s.config)
			random := rand.New(rand.NewPCG(3, 4))
			taken := 0
			for range 300 {
				came := someRequest(random)
				sent, length := passedOn(came, "192.0.2.1")
				if length == 0 {
					continue
				}
				answers := asked(t, address, string(sent)+"GET /marker HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
				switch n := strings.Count(answers, "HTTP/1.1 "); {
				case strings.HasPrefix(answers, "HTTP/1.1 4") && n == 1, strings.HasPrefix(answers, "HTTP/1.1 5") && n == 1:
				case n == 1 && !strings.Contains(answers, "is /inner"): // it closed after the first
				case n == 2 && strings.HasSuffix(answers, "is /marker"):
					taken++
				default:
					t.Errorf("%q is answered with %q", sent, answers)
				}
			}
			if taken == 0 {
				t.Error("none was taken")
			}
			t.Logf("%d taken", taken)
		})
	}
}

// otherServer starts one and returns its address.
func otherServer(t *testing.T, command, config string) string {
	t.Helper()
	l := listen(t)
	address := l.Addr().String()
	l.Close()
	dir := t.TempDir()
	file := filepath.Join(dir, "config")
	if err := os.WriteFile(file, []byte(strings.NewReplacer("DIR", dir, "ADDRESS", address).Replace(config)), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{"-f", file}
	if command == "nginx" {
		args = []string{"-p", dir, "-c", file, "-e", filepath.Join(dir, "error")}
	}
	cmd := exec.Command(command, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	eventually(t, command+" listens", func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	return address
}

// asked sends what is given and returns all that is answered until the end.
func asked(t *testing.T, address, request string) string {
	t.Helper()
	c := dial(t, address)
	defer c.Close()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	io.WriteString(c, request)
	answer, _ := io.ReadAll(c)
	return string(answer)
}
