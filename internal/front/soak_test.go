package front

import (
	"bufio"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// answers are what an unruly program says, and whether it goes on after that. Of what
// has a fault the client gets none, or a part.
var answers = []struct {
	text string
	on   bool
}{
	{"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody", true},
	{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nA: b\r\n\r\n", true},
	{"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", true},
	{"HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\n", true},
	{"HTTP/1.0 200 OK\r\n\r\nto the end", false},
	{"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", false},
	{"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbodysurplus", true},
	{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody", false},
	{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nbody", false},
	{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", true},
	{"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello", true},
	{"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n", true},
	{"HTTP/1.1 200 OK\r\nA: b", false},
	{"HTTP/1.1 103 Early Hints\r\n\r\n", false},
	{"no HTTP at all\r\n\r\n", false},
	{"", false},
	{"", true},
}

// unrulyProgram answers what it likes, when it likes, and reads a body or does not.
func unrulyProgram(t *testing.T, asked *atomic.Int64) net.Addr {
	var number atomic.Uint64
	return rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		random := rand.New(rand.NewPCG(2, number.Add(1)))
		c.SetDeadline(time.Now().Add(time.Second)) // who sent more and went is not seen to have gone
		for {
			request, err := http.ReadRequest(r)
			if err != nil {
				return
			}
			asked.Add(1)
			if random.IntN(4) > 0 {
				io.Copy(io.Discard, request.Body)
			}
			time.Sleep(time.Duration(random.IntN(3)) * time.Millisecond)
			a := answers[random.IntN(len(answers))]
			if request.Header.Get("Upgrade") == "" && random.IntN(3) > 0 {
				a = answers[0]
			}
			if cut := random.IntN(len(a.text) + 1); random.IntN(2) == 0 {
				io.WriteString(c, a.text[:cut])
				time.Sleep(time.Duration(random.IntN(2)) * time.Millisecond)
				io.WriteString(c, a.text[cut:])
			} else {
				io.WriteString(c, a.text)
			}
			if !a.on {
				if random.IntN(2) == 0 {
					c.(*net.TCPConn).SetLinger(0)
				}
				return
			}
		}
	})
}

// asks are what an unruly client says.
var asks = []string{
	"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
	"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
	"GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody\r\n",
	"POST / HTTP/1.1\r\nHost: a\r\nConnection: content-length\r\nContent-Length: 4\r\n\r\nbody",
	"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40000\r\n\r\n" + strings.Repeat("body", 10000),
	"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nA: b\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbodyX",
	"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nbody",
	"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: a\r\nExpect: the worst\r\n\r\n",
	"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET / HTTP/1.1\nHost: a\r\n\r\n",
	"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
	"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
	handshake,
	handshake + "early",
	"\r\n",
}

// unrulyClient says up to four things on a connection, one after the other or at once,
// and goes in its own way: in the middle, for one direction, with a reset, or once it
// has read for a moment. It returns how many answers came whole.
func unrulyClient(random *rand.Rand, address string) (answered int) {
	nc, err := net.Dial("tcp", address)
	if err != nil {
		return 0
	}
	c := nc.(*net.TCPConn)
	defer c.Close()
	var said strings.Builder
	for range 1 + random.IntN(4) {
		said.WriteString(asks[random.IntN(len(asks))])
	}
	all := said.String()
	if random.IntN(3) == 0 {
		all = all[:random.IntN(len(all)+1)]
	}
	piece := 1 + len(all)/(1+random.IntN(6))
	go func() {
		for rest := all; len(rest) > 0; rest = rest[min(piece, len(rest)):] {
			if _, err := io.WriteString(c, rest[:min(piece, len(rest))]); err != nil {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	time.Sleep(time.Duration(random.IntN(8)) * time.Millisecond)
	switch random.IntN(5) {
	case 0:
		c.SetLinger(0)
		return 0
	case 1:
		c.CloseWrite()
	case 2:
		return 0
	}
	c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	r := bufio.NewReader(c)
	for {
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			return answered
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil {
			return answered
		}
		if answer.StatusCode >= 200 {
			answered++
		}
	}
}

// Whatever clients and programs do to each other, nothing stays in flight or open, and
// no request that was asked or answered is missing in the counts.
func TestUnrulyClientsAndProgram(t *testing.T) {
	var asked, answered atomic.Int64
	f, front := behind(t, unrulyProgram(t, &asked))
	before := runtime.NumGoroutine()
	until := time.Now().Add(2 * time.Second)
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(i)))
			for time.Now().Before(until) {
				answered.Add(int64(unrulyClient(random, front)))
				if s := f.Stats(); s.InFlight < 0 || s.Upgraded < 0 || s.Connections < 0 {
					t.Errorf("%+v", s)
				}
			}
		})
	}
	time.AfterFunc(time.Second, f.Drain)
	wg.Wait()
	eventually(t, "nothing in flight", func() bool { return f.Stats().InFlight == 0 })
	f.Close()
	eventually(t, "nothing open", func() bool { s := f.Stats(); return s.Connections == 0 && s.Upgraded == 0 })
	eventually(t, "no goroutine left", func() bool { return runtime.NumGoroutine() <= before+3 })
	s := f.Stats()
	finished := int64(s.Refused)
	for _, n := range s.Requests {
		finished += int64(n)
	}
	t.Logf("%d connections, %d asked, %d answered: %+v", s.Accepted, asked.Load(), answered.Load(), s)
	if finished < asked.Load() || finished < answered.Load() || s.InFlight != 0 {
		t.Errorf("%d finished, %d asked, %d answered", finished, asked.Load(), answered.Load())
	}
	if n := f.Cut(); n != 0 {
		t.Errorf("%d cut", n)
	}
}
