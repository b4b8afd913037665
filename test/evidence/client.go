package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// client is one connection to a target.
type client struct {
	target *target
	conn   net.Conn // as the protocol has it, over TLS perhaps
	reader *bufio.Reader
	h2     *http.Transport // of h2c, which has only this connection
}

func (t *target) dial() (*client, error) {
	conn, err := net.Dial("tcp4", t.listener.Addr().String())
	if err != nil {
		return nil, err
	}
	conn.(*net.TCPConn).SetLinger(0) // leaves no TIME_WAIT behind
	t.clients.add(conn)
	if t.far {
		conn = newLine(conn, oneWay)
	}
	c := &client{target: t, conn: conn}
	switch t.protocol {
	case encrypted:
		c.conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true, ClientSessionCache: tls.NewLRUClientSessionCache(1)})
	case h2c:
		c.h2 = &http.Transport{
			Protocols:   new(http.Protocols),
			DialContext: func(context.Context, string, string) (net.Conn, error) { return conn, nil },
		}
		c.h2.Protocols.SetUnencryptedHTTP2(true)
	}
	c.reader = bufio.NewReader(c.conn)
	return c, nil
}

// begin sends a request, and what of its body there is.
func (c *client) begin(path, more string) error {
	method := "GET"
	if more != "" {
		method = "POST"
	}
	if c.h2 != nil {
		go c.fetch(path)
		return nil
	}
	_, err := fmt.Fprintf(c.conn, "%s %s HTTP/1.1\r\nHost: target\r\n%s\r\n", method, path, more)
	return err
}

// fetch asks over HTTP/2, and waits for the answer.
func (c *client) fetch(path string) error {
	response, err := (&http.Client{Transport: c.h2}).Get("http://" + c.target.listener.Addr().String() + path)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return err
}

// ask sends a request and reads the whole answer.
func (c *client) ask(path string) error {
	if c.h2 != nil {
		return c.fetch(path)
	}
	if err := c.begin(path, ""); err != nil {
		return err
	}
	response, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return err
}

// isHeld waits until the target has a request that it does not answer.
func (c *client) isHeld() error {
	select {
	case <-c.target.arrived:
		return nil
	case <-time.After(10 * time.Second):
		return errors.New("the request did not arrive")
	}
}
