package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// requestLimit bounds one request.
const requestLimit = 30 * time.Second

// load is what clients ask of a server, each request once.
type load struct {
	stop
	newOnesOver sync.WaitGroup // no new connection is made any more
	inFlight    sync.WaitGroup

	mu        sync.Mutex
	t0, until time.Time // zero: not yet
	o         outcome
}

func newLoad(s stop) *load {
	l := &load{stop: s, o: outcome{Lost: map[string]int{}}}
	if s.Rate > 0 {
		l.newOnesOver.Go(l.arrive)
	}
	for range s.Kept {
		l.inFlight.Go(l.keep)
	}
	return l
}

// stopAt says when the stop began and when no new connection is led here.
func (l *load) stopAt(t0, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.t0, l.until = t0, until
}

// outcome waits for the requests in flight.
func (l *load) outcome() outcome {
	l.newOnesOver.Wait()
	l.inFlight.Wait()
	return l.o
}

// arrive makes connections at random: the times between two are exponential, as of many clients that do not know of
// each other. The loop is open: nobody waits for anybody's answer.
func (l *load) arrive() {
	due := time.Now()
	for n := 0; ; n++ {
		due = due.Add(time.Duration(rand.ExpFloat64() * float64(time.Second) / float64(l.Rate)))
		for time.Now().Before(due) { // in steps, since the end may be told meanwhile
			time.Sleep(min(time.Until(due), 50*time.Millisecond))
			if l.over(time.Now()) {
				return
			}
		}
		if l.over(due) {
			return
		}
		path := l.Paths[n%len(l.Paths)]
		l.begin(time.Since(due))
		l.inFlight.Go(func() { l.end(path, askOnce(path)) })
	}
}

func (l *load) over(at time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.until.IsZero() && !at.Before(l.until)
}

// keep asks again and again on one connection, until the server closes it.
func (l *load) keep() {
	conn, err := net.Dial("tcp", serverAddr)
	if err != nil {
		l.end("", err)
		return
	}
	defer conn.Close()
	reader := bufio.NewReader(conn)
	think := rand.N(l.Think + 1) // so that clients do not march in step
	for {
		l.begin(0)
		last, err := exchange(conn, reader, l.Paths[0], "keep-alive")
		l.end(l.Paths[0], err)
		if last || err != nil || closedWithin(think, conn, reader) {
			return
		}
		think = l.Think
	}
}

// closedWithin waits, and reports whether the server closed the connection meanwhile: such a client loses nothing.
func closedWithin(d time.Duration, conn net.Conn, reader *bufio.Reader) bool {
	if d == 0 {
		return false
	}
	conn.SetReadDeadline(time.Now().Add(d))
	_, err := reader.Peek(1)
	return err != nil && !errors.Is(err, os.ErrDeadlineExceeded)
}

func (l *load) begin(late time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.o.Late = max(l.o.Late, late)
	if !l.t0.IsZero() {
		l.o.Requests++
	}
}

func (l *load) end(path string, err error) {
	if err == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.o.Lost[path]++
}

// askOnce asks on a connection of its own.
func askOnce(path string) error {
	conn, err := net.Dial("tcp", serverAddr)
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = exchange(conn, bufio.NewReader(conn), path, "close")
	return err
}

// exchange sends one request and reads its whole answer. The last one is said to be by the server.
func exchange(conn net.Conn, reader *bufio.Reader, path, connection string) (last bool, err error) {
	conn.SetDeadline(time.Now().Add(requestLimit))
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: server\r\nConnection: %s\r\n\r\n", path, connection); err != nil {
		return true, err
	}
	response, err := http.ReadResponse(reader, nil)
	if err != nil {
		return true, err
	}
	if _, err = io.Copy(io.Discard, response.Body); err == nil && response.StatusCode != http.StatusOK {
		err = errors.New(response.Status)
	}
	return response.Close, err
}
