package main

import (
	"io"
	"net"
	"time"
)

// line is a connection whose bytes take some time each way, as if its peer were far away. The kernel of the peer is not:
// it acknowledges at once what it would acknowledge at once.
type line struct {
	net.Conn
	delay time.Duration
	out   chan parcel
	in    *io.PipeReader
}

// parcel is bytes on their way.
type parcel struct {
	bytes []byte
	due   time.Time
}

func newLine(c net.Conn, delay time.Duration) *line {
	in, deliver := io.Pipe()
	l := &line{Conn: c, delay: delay, out: make(chan parcel, 1000), in: in}
	received := make(chan parcel, 1000)
	go carry(c, l.out)
	go carry(deliver, received)
	go func() {
		defer close(received)
		for {
			b := make([]byte, 16<<10)
			n, err := c.Read(b)
			if n > 0 {
				received <- parcel{b[:n], time.Now().Add(delay)}
			}
			if err != nil {
				deliver.CloseWithError(err)
				return
			}
		}
	}()
	return l
}

// carry delivers each parcel when it is due.
func carry(to io.Writer, parcels <-chan parcel) {
	for p := range parcels {
		pause(time.Until(p.due))
		to.Write(p.bytes)
	}
}

func (l *line) Write(b []byte) (int, error) {
	l.out <- parcel{append([]byte(nil), b...), time.Now().Add(l.delay)}
	return len(b), nil
}

func (l *line) Read(b []byte) (int, error) { return l.in.Read(b) }
