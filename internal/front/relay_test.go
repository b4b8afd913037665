package front

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// http2Program serves h as a program that speaks HTTP/2 without TLS, and HTTP/1.
func http2Program(t testing.TB, h http.HandlerFunc) net.Addr {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.Protocols = new(http.Protocols)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	s.Config.Protocols.SetHTTP1(true)
	s.Start()
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s.Listener.Addr()
}

// http2Client is one that speaks HTTP/2 without asking before, on one connection.
func http2Client(t testing.TB) *http.Client {
	t.Helper()
	tr := &http.Transport{Protocols: new(http.Protocols)}
	tr.Protocols.SetUnencryptedHTTP2(true)
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: patience}
}

// describe answers with what was asked, and a trailer.
func describe(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	w.Header().Set("Trailer", "Sum")
	fmt.Fprintf(w, "%s %s %s %d %s", r.Proto, r.Method, r.URL.Path, len(body), r.Trailer.Get("Sent"))
	w.Header().Set("Sum", fmt.Sprint(len(body)))
}

// Requests of HTTP/2, of every size and at the same time, go on as they are, with what is
// after their bodies, and are counted.
func TestHTTP2(t *testing.T) {
	f, front := behind(t, http2Program(t, describe))
	client := http2Client(t)
	var wg sync.WaitGroup
	const requests = 100
	for i := range requests {
		wg.Go(func() {
			size := 1 + i*i*20
			r, _ := http.NewRequest("POST", fmt.Sprintf("http://%s/%d", front, i), bytes.NewReader(make([]byte, size)))
			r.ContentLength = -1
			r.Trailer = http.Header{"Sent": {fmt.Sprint("t", i)}}
			r.Header.Set("X-Long", strings.Repeat("x", i*200))
			answer, err := client.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			got, err := io.ReadAll(answer.Body)
			answer.Body.Close()
			want := fmt.Sprintf("HTTP/2.0 POST /%d %d t%d", i, size, i)
			if string(got) != want || err != nil || answer.Trailer.Get("Sum") != fmt.Sprint(size) {
				t.Errorf("%q, %v, %v; want %q", got, err, answer.Trailer, want)
			}
		})
	}
	wg.Wait()
	eventually(t, "nothing in flight", func() bool { return f.Stats().InFlight == 0 })
	if s := f.Stats(); s.Streams != requests || s.InFlight != 0 || s.Failed != 0 || s.Requests != [6]uint64{} {
		t.Errorf("%+v", s)
	}
}

// Clients of HTTP/2 that keep their connections leave in a drain without a lost request,
// whatever they have under way, and the connections end by themselves.
func TestHTTP2Drain(t *testing.T) {
	f, front := behind(t, http2Program(t, slowly(3*time.Millisecond)))
	var done atomic.Int32
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for i := range 4 {
		client := http2Client(t)
		for j := range 5 {
			wg.Go(func() {
				for n := 0; ; n++ {
					select {
					case <-stop:
						return
					default:
					}
					body := fmt.Sprint(i, j, n)
					answer, err := client.Post("http://"+front, "text/plain", strings.NewReader(body))
					if err != nil {
						t.Errorf("POST: %v", err)
						return
					}
					got, err := io.ReadAll(answer.Body)
					answer.Body.Close()
					if string(got) != body || err != nil {
						t.Errorf("%q, %v; want %q", got, err, body)
					}
					done.Add(1)
				}
			})
		}
	}
	idle := http2Client(t)
	if _, err := idle.Get("http://" + front); err != nil {
		t.Fatal(err)
	}
	eventually(t, "some answers", func() bool { return done.Load() > 200 })
	before := f.Stats()
	f.Drain()
	now := done.Load()
	eventually(t, "answers while draining", func() bool { return done.Load() > now+500 })
	close(stop)
	wg.Wait()
	f.Close() // Go's client has more connections than it uses
	eventually(t, "no connection left", func() bool { return f.Stats().Connections == 0 })
	if s := f.Stats(); s.Accepted < before.Accepted+5 || s.Failed != 0 || s.Requests != [6]uint64{} {
		t.Errorf("%+v before, %+v after", before, s)
	}
	if n := f.Cut(); n != 0 {
		t.Errorf("%d cut", n)
	}
}

// The programs that people have at hand speak it.
func TestHTTP2Clients(t *testing.T) {
	f, front := behind(t, http2Program(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // or else the answer is followed by a reset, which curl takes amiss
		fmt.Fprint(w, r.Proto, " ", r.Method, " ", r.URL.Path)
	}))
	for _, tt := range []struct {
		command, want string
	}{
		{"curl -sS --http2-prior-knowledge -d body http://" + front + "/curl", "HTTP/2.0 POST /curl"},
		{"nghttp http://" + front + "/nghttp", "HTTP/2.0 GET /nghttp"},
		{"h2load -n 1000 -c 10 -m 10 http://" + front + "/h2load", "1000 succeeded, 0 failed"},
	} {
		args := strings.Fields(tt.command)
		t.Run(args[0], func(t *testing.T) {
			needs(t, args[0])
			out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
			if err != nil || !strings.Contains(string(out), tt.want) {
				t.Errorf("%v: %s", err, out)
			}
			eventually(t, "nothing open", func() bool { return f.Stats().Connections == 0 })
		})
	}
	if s := f.Stats(); s.Failed != 0 || s.InFlight != 0 || s.Requests[0] != 0 {
		t.Errorf("%+v", s)
	}
}
