package main

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"
)

// An answer is what became of a request, as the client saw it.
type answer string

const (
	served   answer = "served"    // whole
	refused  answer = "refused"   // no connection
	reset    answer = "reset"     // a connection, and then an end without an answer, or in the middle of one
	rejected answer = "rejected"  // an answer that says no
	queued   answer = "queued"    // a job that waits for the next worker
	late     answer = "no answer" // none within patience
)

// lost reports whether nobody will do it any more.
func (a answer) lost() bool { return a != served && a != queued }

// patience is how long a client waits for an answer.
const patience = 15 * time.Second

// A client asks a server in the way its own clients do.
type client interface {
	// prepare returns a function that makes one request on a connection of its own: one that the server answers at
	// once, or one that takes it 3 s.
	prepare(slow bool) func() answer

	// keep opens a connection that has been answered once, if the protocol keeps any, and leaves it open.
	keep() (io.Closer, error)
}

// web is HTTP/1.1. No request is ever repeated: each has its own transport, and so a connection not used before.
type web struct{ address string }

func (w web) prepare(slow bool) func() answer {
	path := "/"
	if slow {
		path = "/slow"
	}
	return func() answer {
		transport := &http.Transport{}
		defer transport.CloseIdleConnections()
		return get(transport, "http://"+w.address+path)
	}
}

func (w web) keep() (io.Closer, error) {
	transport := &http.Transport{}
	if a := get(transport, "http://"+w.address+"/"); a != served {
		return nil, errors.New("the connection to be kept: " + string(a))
	}
	return closer(transport.CloseIdleConnections), nil
}

type closer func()

func (c closer) Close() error {
	c()
	return nil
}

func get(transport *http.Transport, url string) answer {
	c := http.Client{Transport: transport, Timeout: patience}
	response, err := c.Get(url)
	if err != nil {
		return failure(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		return failure(err)
	case response.StatusCode == http.StatusServiceUnavailable, response.StatusCode == http.StatusBadGateway:
		return answer(strconv.Itoa(response.StatusCode)) // what a proxy says of a server that it cannot reach
	case response.StatusCode != http.StatusOK || string(body) != "ok\n":
		return rejected
	}
	return served
}

// failure says what a network error was. The host is unreachable, and not the port closed, when the container has gone
// with its network.
func failure(err error) answer {
	if errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.EHOSTUNREACH) {
		return refused
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return late
	}
	return reset
}
