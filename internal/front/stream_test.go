package front

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	askEvents = "GET /events HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n"
	anEvent   = "id: 1\r\ndata: one\ndata: two\n\n"
)

// endless are events, in halves, for ever.
func endless() func() string {
	n := 0
	return func() string {
		if n++; n > 2 {
			time.Sleep(50 * time.Millisecond)
		}
		if n%2 == 1 {
			return anEvent[:11]
		}
		return anEvent[11:] + ": a comment\n"
	}
}

// Each client of a program that says events all the time has an answer that ends, whole,
// with an event, whatever framed it, and the program sees each go.
func TestStreamsLeaveInTurn(t *testing.T) {
	const count = 200
	for name, tt := range map[string]struct{ head, ask string }{
		"chunked":          {"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream;charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n", askEvents},
		"until the end":    {"HTTP/1.1 200 OK\r\ncontent-type: Text/Event-Stream\r\n\r\n", askEvents},
		"HTTP/1.0":         {"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n", strings.Replace(askEvents, "/1.1", "/1.0", 1)},
		"with other types": {"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n", strings.Replace(askEvents, ": text", ": a/b, text", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			to, gone := rawEvents(t, tt.head)
			f, front := behind(t, to)
			clients := count
			if name != "chunked" {
				clients = 20
			}
			var wg sync.WaitGroup
			for range clients {
				c := dial(t, front)
				io.WriteString(c, tt.ask)
				r := bufio.NewReader(c)
				answer, err := http.ReadResponse(r, nil)
				if err != nil {
					t.Fatal(err)
				}
				expect(t, answer.Body, anEvent)
				wg.Go(func() {
					body, err := io.ReadAll(answer.Body)
					if err != nil || !plainBetween(string(body)) {
						t.Errorf("%d bytes, %v: %q", len(body), err, body[max(0, len(body)-50):])
					}
					if n, err := io.Copy(io.Discard, r); n > 0 || err != nil {
						t.Errorf("behind the answer: %d bytes, %v", n, err)
					}
				})
			}
			f.Drain()
			f.Leave(500 * time.Millisecond)
			wg.Wait()
			for range clients {
				receive(t, gone)
			}
			f.Close()
			eventually(t, "nothing open", func() bool { return f.Stats().Connections == 0 })
			if s := f.Stats(); int(s.Left) != clients || s.Cut+s.Failed != 0 || int(s.Requests[2]) != clients {
				t.Errorf("%+v", s)
			}
		})
	}
}

// rawEvents is a program whose answers have endless events.
func rawEvents(t testing.TB, head string) (net.Addr, <-chan bool) {
	gone := make(chan bool, 10_000)
	chunked := strings.Contains(head, "chunked")
	return rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		readHead(r)
		io.WriteString(c, head)
		next := endless()
		go func() {
			io.Copy(io.Discard, r)
			gone <- true
			c.Close()
		}()
		for err := error(nil); err == nil; {
			part := next()
			if chunked {
				part = fmt.Sprintf("%x\r\n%s\r\n", len(part), part)
			}
			_, err = io.WriteString(c, part)
		}
	}), gone
}

// What is no stream of events for somebody who comes back for the rest goes on.
func TestOtherAnswersStay(t *testing.T) {
	const chunked = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
	for name, tt := range map[string]struct{ head, ask string }{
		"a POST":            {chunked, "POST / HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\nContent-Length: 0\r\n\r\n"},
		"not asked for":     {chunked, "GET / HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n"},
		"another type":      {strings.Replace(chunked, "text/event-stream", "text/plain", 1), askEvents},
		"compressed":        {chunked + "Content-Encoding: gzip\r\n", askEvents},
		"an error":          {strings.Replace(chunked, "200 OK", "404 Not Found", 1), askEvents},
		"of a known length": {"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 37\r\n", askEvents},
	} {
		more := make(chan bool)
		to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
			readHead(r)
			say := func(s, end string) {
				if strings.Contains(tt.head, "chunked") {
					s = fmt.Sprintf("%x\r\n%s\r\n%s", len(s), s, end)
				}
				io.WriteString(c, s)
			}
			io.WriteString(c, tt.head+"\r\n")
			say(anEvent, "")
			<-more
			say("data: 2\n\n", "0\r\n\r\n")
			<-more
		})
		f, front := behind(t, to)
		c := dial(t, front)
		io.WriteString(c, tt.ask)
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, answer.Body, anEvent)
		f.Leave(0)
		f.Close()
		time.Sleep(2 * lateTime)
		more <- true
		if rest, err := io.ReadAll(answer.Body); string(rest) != "data: 2\n\n" || err != nil {
			t.Errorf("%s: %q, %v", name, rest, err)
		}
		more <- true
		if s := f.Stats(); s.Left != 0 {
			t.Errorf("%s: %+v", name, s)
		}
		c.Close()
	}
}

// An event that has begun is passed on whole before the end, however long it takes, and
// a program that ends in the drain is no broken answer where all it has said is whole.
func TestStreamLeavesBehindAnEvent(t *testing.T) {
	for _, how := range []string{"silent", "ends", "ends within an event"} {
		next := make(chan string)
		to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
			readHead(r)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
			for s := range next {
				fmt.Fprintf(c, "%x\r\n%s\r\n", len(s), s)
			}
		})
		f, front := behind(t, to)
		c := dial(t, front)
		io.WriteString(c, askEvents)
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		want := "data: 1\n"
		next <- want
		expect(t, answer.Body, want)
		if how == "silent" {
			f.Leave(0)
		} else {
			f.Leave(time.Hour)
		}
		for _, s := range []string{":\n", "data: 2\n", "\n"} {
			time.Sleep(lateTime / 2)
			if how != "ends within an event" || s != "\n" {
				next <- s
				expect(t, answer.Body, s)
			}
		}
		if how != "silent" {
			close(next)
		}
		rest, err := io.ReadAll(answer.Body)
		if (err == nil) != (how != "ends within an event") || len(rest) > 0 {
			t.Errorf("%s: %q, %v", how, rest, err)
		}
		if how == "silent" {
			close(next)
		}
		left := uint64(1)
		if how == "ends within an event" {
			left = 0
		}
		eventually(t, how+": it is counted", func() bool { return f.Stats().Left == left && f.Stats().Connections == 0 })
	}
}

// One that ends in the moment of its turn ends once, and so does its connection, as its
// head has said.
func TestStreamThatEndsInItsTurn(t *testing.T) {
	end := make(chan bool)
	to := program(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "data: half\n")
		w.(http.Flusher).Flush()
		<-end
		io.WriteString(w, "\n")
	})
	f, front := behind(t, to)
	c := dial(t, front)
	r := bufio.NewReader(c)
	io.WriteString(c, askEvents)
	answer, err := http.ReadResponse(r, nil)
	if err != nil || !answer.Close {
		t.Fatal(answer, err)
	}
	expect(t, answer.Body, "data: half\n")
	f.Leave(0)
	time.Sleep(20 * time.Millisecond)
	end <- true // the event's end and the answer's
	if rest, err := io.ReadAll(answer.Body); string(rest) != "\n" || err != nil {
		t.Errorf("%q, %v", rest, err)
	}
	if n, err := io.Copy(io.Discard, r); n > 0 || err != nil {
		t.Errorf("behind the answer: %d bytes, %v", n, err)
	}
}

// A stream whose client has no room for its end, as it does not read, has not left: it is
// cut, and counted once.
func TestStreamWhoseClientDoesNotRead(t *testing.T) {
	client, there := net.Pipe()
	near, far := net.Pipe()
	defer client.Close()
	defer far.Close()
	f := New(Config{})
	c := f.admit(there, &target{})
	c.begin(false)
	c.x = exchange{conn: c, status: 200}
	s := &eventStream{exchange: &c.x, program: &upstream{endpoint: newEndpoint(near)}}
	left := make(chan error)
	go func() { left <- s.leave(true) }()
	time.Sleep(20 * time.Millisecond)
	f.Close()
	if n := f.Cut(); n != 1 || receive(t, left) == nil {
		t.Errorf("%d cut, and the end was written", n)
	}
	if s := f.Stats(); s.Left != 0 || s.Cut != 1 {
		t.Errorf("%+v", s)
	}
}
