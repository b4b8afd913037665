package main

import (
	"fmt"
	"io"
	"time"
)

const (
	// chunkEvery is how often a stream has something to say.
	chunkEvery = 500 * time.Millisecond
	// before is how many requests were answered on a connection before what is looked at.
	before = 3
	// now is the path that is answered at once.
	now = "/after/0s"
)

// once is of scenarios in which no gap plays a part.
var once = gaps[:1]

var scenarios = []scenario{
	{plain, "first request", true, once, first},
	{plain, "later request", true, gaps, later},
	{plain, "slow upload", true, once, upload},
	{plain, "slow reader", true, once, slowReader},
	{plain, "streaming, a chunk every 0.5 s", true, once, stream},
	{plain, "head sent at once, body later", true, once, headFirst},
	{encrypted, "first request", true, once, first},
	{encrypted, "later request", true, gaps, later},
	{encrypted, "slow upload", true, once, upload},
	{encrypted, "slow reader", true, once, slowReader},
	{websocket, "message to be answered", true, gaps, messageHeld},
	{h2c, "first request", true, once, first},
	{h2c, "later request", true, gaps, later},
	{h2c, "two requests, one answered", true, once, twoStreams},
	{far + plain, "later request", true, once, later},
	{far + encrypted, "first request", true, once, first},
	{far + encrypted, "later request", true, once, later},
	{far + h2c, "first request", true, once, first},

	{plain, "connected, nothing asked", false, once, connected},
	{plain, "answered", false, gaps, answered},
	{encrypted, "answered", false, gaps, answered},
	{websocket, "message answered", false, once, messageAnswered},
	{h2c, "answered", false, gaps, answered},
	{far + plain, "answered", false, once, answered},
	{far + encrypted, "answered", false, once, answered},
	{far + h2c, "answered", false, once, answered},
}

func connected(c *client, _ time.Duration) error { return nil }

// first has the first request of a connection held.
func first(c *client, _ time.Duration) error {
	if err := c.begin("/hold", ""); err != nil {
		return err
	}
	return c.isHeld()
}

// some has requests answered.
func (c *client) some(path string, pauseAfter time.Duration) error {
	for range before {
		if err := c.ask(path); err != nil {
			return err
		}
		pause(pauseAfter)
	}
	return nil
}

// later has one held a gap after the last response.
func later(c *client, gap time.Duration) error {
	if err := c.some(now, gap); err != nil {
		return err
	}
	return first(c, 0)
}

// upload has a body come in that never ends.
func upload(c *client, _ time.Duration) error {
	if err := c.some(now, 0); err != nil {
		return err
	}
	if err := c.begin("/upload", "Content-Length: 1000000\r\n"); err != nil {
		return err
	}
	for range 3 {
		pause(5 * time.Millisecond)
		if _, err := io.WriteString(c.conn, "part"); err != nil {
			return err
		}
	}
	return c.isHeld()
}

// slowReader asks for more than the kernel keeps, and reads none of it.
func slowReader(c *client, _ time.Duration) error {
	if err := c.some(now, 0); err != nil {
		return err
	}
	if err := c.begin("/large", ""); err != nil {
		return err
	}
	return c.isHeld()
}

// stream reads an answer that never ends.
func stream(c *client, _ time.Duration) error {
	if err := c.begin("/stream", ""); err != nil {
		return err
	}
	go io.Copy(io.Discard, c.reader)
	return c.isHeld()
}

// headFirst waits for the rest of an answer that began at once.
func headFirst(c *client, _ time.Duration) error {
	if err := c.some(now, 0); err != nil {
		return err
	}
	if err := c.begin("/head", ""); err != nil {
		return err
	}
	return c.isHeld()
}

// answered has every request answered, the gap after it came.
func answered(c *client, gap time.Duration) error {
	return c.some(fmt.Sprint("/after/", gap), 0)
}

// twoStreams has one request of a connection held, and then another answered.
func twoStreams(c *client, _ time.Duration) error {
	if err := first(c, 0); err != nil {
		return err
	}
	pause(10 * time.Millisecond)
	return c.ask("/after/10ms")
}

// messages has the connection upgraded, and some messages answered.
func (c *client) messages(gap time.Duration) error {
	if _, err := io.WriteString(c.conn, "GET /socket HTTP/1.1\r\nHost: target\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"); err != nil {
		return err
	}
	for line := ""; line != "\r\n"; {
		var err error
		if line, err = c.reader.ReadString('\n'); err != nil {
			return err
		}
	}
	for range before {
		pause(gap)
		if _, err := io.WriteString(c.conn, frameOf("echo")); err != nil {
			return err
		}
		if _, err := io.ReadFull(c.reader, make([]byte, 2+4)); err != nil {
			return err
		}
	}
	return nil
}

func messageAnswered(c *client, _ time.Duration) error { return c.messages(0) }

func messageHeld(c *client, gap time.Duration) error {
	if err := c.messages(gap); err != nil {
		return err
	}
	pause(gap)
	if _, err := io.WriteString(c.conn, frameOf("hold")); err != nil {
		return err
	}
	return c.isHeld()
}
