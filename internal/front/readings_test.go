package front

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A reading is what somebody takes bytes for: a request, or an answer.
type reading struct {
	status int // of an answer
	what   string
}

// seen is the field in which echo says what it took the request for.
const seen = "X-Seen"

// marker is the request that stands behind the one that is tried.
const marker = "GET /marker HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

func seenAs(method, target string, body []byte) string {
	if _, rest, is := strings.Cut(target, "://"); is { // nginx and HAProxy leave the host out
		if at := strings.IndexAny(rest, "/?"); at >= 0 {
			target = rest[at:]
		} else {
			target = ""
		}
		if !strings.HasPrefix(target, "/") {
			target = "/" + target
		}
	}
	return fmt.Sprintf("%s %q [%x]", method, target, body)
}

// echo is a program that says what it is asked.
func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set(seen, seenAs(r.Method, r.RequestURI, body))
}

// judged is what the front takes the requests of a connection for, as far as it does, and
// whether it takes all of it.
func judged(p []byte) (requests []reading, all bool) {
	p = bytes.Clone(p)
	for len(p) > 0 {
		var m framing
		end, done, err := m.heading(p)
		if !done || err != nil {
			return requests, false
		}
		line, _ := cutLine(p[end-m.headSize():])
		words := strings.Fields(string(line))
		body, n, err := m.payload(p[end:])
		if err != nil || m.state != complete {
			return requests, false
		}
		requests = append(requests, reading{200, seenAs(words[0], words[1], body)})
		if p = p[end+n:]; m.head.closes || m.head.http10 {
			break
		}
	}
	return requests, true
}

// asked sends what is given and returns what is answered. halfClosed says that no more
// is to come, which some take for a client that has gone.
func asked(t *testing.T, address string, halfClosed bool, request string) (answers []reading) {
	t.Helper()
	c := dial(t, address)
	defer c.Close()
	c.SetDeadline(time.Now().Add(4 * time.Second))
	io.WriteString(c, request)
	if halfClosed {
		c.CloseWrite()
	}
	r := bufio.NewReader(c)
	for {
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			return answers
		}
		if answer.StatusCode < 200 {
			continue
		}
		body, err := io.ReadAll(answer.Body)
		what := answer.Header.Get(seen)
		if what == "" {
			what = string(body)
		}
		if err != nil {
			what = "broken off"
		}
		answers = append(answers, reading{answer.StatusCode, what})
	}
}

// sound reports whether what was answered means that nobody has read other requests than
// these: each is answered, or refused, and more is refused.
func sound(answers, want []reading) bool {
	for i, answer := range answers {
		if answer.status < 400 && (i >= len(want) || answer != want[i]) {
			return false
		}
	}
	return len(answers) <= len(want)+1
}

// cases calls f with seeded random generators, several at a time.
func cases(n int, f func(*rand.Rand)) {
	var wg sync.WaitGroup
	var next atomic.Uint64
	for range 8 {
		wg.Go(func() {
			for i := next.Add(1); i <= uint64(n); i = next.Add(1) {
				f(rand.New(rand.NewPCG(5, i)))
			}
		})
	}
	wg.Wait()
}

// tried is a valid request, or one with mistakes in it.
func tried(random *rand.Rand) []byte {
	came := someRequest(random)
	if random.IntN(3) > 0 {
		came = mutated(random, came)
	}
	return came
}

// Nobody behind the front, before it or in its place reads another request than the front
// does: Go's server, nginx and HAProxy, of which some take what the front refuses.
func TestServersReadTheSame(t *testing.T) {
	needOthers(t)
	program := program(t, echo)
	_, front := behind(t, program)
	routes := []struct {
		name    string
		address string
		before  string // what a client's request goes through before it comes to the front; compared with this
		halves  bool
	}{{name: "front, Go", address: front, halves: true}}
	for name, o := range others {
		alone := o.start(t, program.String())
		_, before := behind(t, tcpAddr(t, alone))
		routes = append(routes, routes[0], routes[0])
		routes[len(routes)-2].name, routes[len(routes)-2].address = "front, "+name, before
		r := &routes[len(routes)-1]
		r.name, r.address, r.before, r.halves = name+", front, Go", o.start(t, front), alone, false
	}
	for _, r := range routes {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			var whole, part, refused atomic.Int64
			cases(2500, func(random *rand.Rand) {
				came := string(tried(random)) + marker
				want, all := judged([]byte(came))
				if r.before != "" {
					want, all = asked(t, r.before, false, came), true
				}
				answers := asked(t, r.address, r.halves, came)
				if n := len(want); r.before != "" && n > 0 && want[n-1].status >= 400 {
					answers = answers[:min(n, len(answers))] // a refusal may have ended the connection
				}
				switch {
				case !sound(answers, want):
					t.Errorf("%q is %v (and no more: %v), and is answered with %v", came, want, all, answers)
				case slices.Equal(answers, want):
					whole.Add(1)
				case all:
					part.Add(1)
				default:
					refused.Add(1)
				}
			})
			t.Logf("read alike: %d, refused by one of them: %d, by the front: %d", whole.Load(), part.Load(), refused.Load())
			if whole.Load() == 0 || r.before == "" && refused.Load() == 0 {
				t.Error("none was taken, or none refused")
			}
		})
	}
}

func tcpAddr(t *testing.T, address string) net.Addr {
	t.Helper()
	a, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// sayings is a program that answers /N with the answer of that number.
type sayings struct {
	mu      sync.Mutex
	answers []saying
}

type saying struct {
	text []byte
	ends bool
}

func (s *sayings) add(a saying) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append(s.answers, a)
	return len(s.answers) - 1
}

func (s *sayings) serve(c net.Conn, r *bufio.Reader) {
	for {
		request, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		n, err := strconv.Atoi(request.URL.Path[1:])
		a := saying{text: []byte("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nmarker")}
		if err == nil {
			s.mu.Lock()
			a = s.answers[n]
			s.mu.Unlock()
		}
		c.Write(a.text)
		if a.ends {
			return
		}
	}
}

// answerJudged is what the front takes an answer for.
func answerJudged(p []byte, ends bool) (r reading, taken bool) {
	p = bytes.Clone(p)
	m := framing{response: true}
	for {
		n, done, err := m.heading(p)
		if !done || err != nil || m.head.status == 101 {
			return r, false
		}
		if p = p[n:]; m.head.status >= 200 {
			break
		}
	}
	body, _, err := m.payload(p)
	return reading{m.head.status, string(body)}, err == nil && (m.state == complete || ends && m.state == untilClose)
}

// Nor does anybody before the front read another answer than it does: not part of one, and
// not what follows it for the answer to the next request.
func TestClientsReadTheSameAnswers(t *testing.T) {
	needOthers(t)
	s := &sayings{}
	_, front := behind(t, rawProgram(t, s.serve))
	readers := map[string]string{"Go": front}
	for name, o := range others {
		readers[name] = o.start(t, front)
	}
	for name, address := range readers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var whole, broken, refused atomic.Int64
			cases(2500, func(random *rand.Rand) {
				text, ends := someAnswer(random)
				if name == "Go" && random.IntN(4) == 0 {
					text = append([]byte("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), text...)
				}
				if random.IntN(3) > 0 {
					text = mutated(random, text)
					ends = true // or the front would wait for what is missing
				}
				want, taken := answerJudged(text, ends)
				request := fmt.Sprintf("GET /%d HTTP/1.1\r\nHost: a\r\n\r\n", s.add(saying{text, ends}))
				answers := asked(t, address, name == "Go", request+strings.Replace(marker, "/marker", "/m", 1))
				rest := answers
				if len(rest) > 0 {
					rest = rest[1:]
				}
				switch {
				case len(rest) > 1 || len(rest) == 1 && rest[0].what != "marker" && rest[0].status != 502:
					t.Errorf("%q is followed by %v", text, rest)
				case len(answers) == 0 || answers[0].status >= 500 || answers[0].what == "broken off":
					refused.Add(1)
				case !taken || answers[0] != want:
					t.Errorf("%.300q is %.100v (whole: %v), and is read as %.100v", text, want, taken, answers[0])
				case len(rest) == 1:
					whole.Add(1)
				default:
					broken.Add(1)
				}
			})
			t.Logf("with the one behind it: %d, alone: %d, refused or broken off: %d", whole.Load(), broken.Load(), refused.Load())
			if whole.Load() == 0 || refused.Load() == 0 {
				t.Error("none was read, or none refused")
			}
		})
	}
}

// Go's own server, in this process, reads what goes on as the front has read what came.
func FuzzGoReadsTheSame(f *testing.F) {
	random := rand.New(rand.NewPCG(7, 8))
	for range 100 {
		f.Add(tried(random))
	}
	l := &pipes{clients: make(chan net.Conn)}
	server := &http.Server{Handler: http.HandlerFunc(echo)}
	go server.Serve(l)
	f.Cleanup(func() { server.Close() })
	f.Fuzz(func(t *testing.T, p []byte) {
		sent, length := passedOn(p, "192.0.2.1")
		if length == 0 {
			return
		}
		want, _ := judged(append(p[:length:length], marker...))
		client, served := net.Pipe()
		defer client.Close()
		client.SetDeadline(time.Now().Add(patience))
		l.clients <- served
		go io.WriteString(client, string(sent)+marker)
		var answers []reading
		for r := bufio.NewReader(client); ; {
			answer, err := http.ReadResponse(r, nil)
			if err != nil {
				break
			}
			body, _ := io.ReadAll(answer.Body)
			if answer.StatusCode >= 200 {
				answers = append(answers, reading{answer.StatusCode, cmp.Or(answer.Header.Get(seen), string(body))})
			}
		}
		if len(answers) == 0 || !sound(answers, want) {
			t.Fatalf("%q is %v, goes on as %q, and is answered with %v", p, want, sent, answers)
		}
	})
}
