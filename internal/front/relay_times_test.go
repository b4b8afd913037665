package front

import (
	"encoding/binary"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// relaying returns a front that relays HTTP/2 between a client and a program, which begins
// with what it says and takes all that comes.
func relaying(says string) (f *Front, client, program net.Conn) {
	f = New(Config{})
	client, server := net.Pipe()
	program, up := net.Pipe()
	c := f.admit(server, &target{})
	go func() {
		c.relayTo(&upstream{endpoint: newEndpoint(up)})
		c.finish(nil)
	}()
	go io.Copy(io.Discard, program)
	go io.WriteString(program, says)
	return f, client, program
}

// A connection of HTTP/2 on which nothing was asked for as long as a kept one of HTTP/1
// may be silent leaves, as in a drain. One with a request does not, however long that
// takes. A program that has not shown in time that it speaks HTTP/2 is not waited for.
func TestHTTP2Silence(t *testing.T) {
	const ask, answer = 1, 2
	for name, tt := range map[string]struct {
		says string                // the program
		does map[time.Duration]int // what happens when
		told time.Duration         // when the client is told first
		ends time.Duration
	}{
		"nothing asked":    {settings, nil, idleTime, idleTime + ackTime},
		"asked once":       {settings, map[time.Duration]int{time.Minute: ask, 2 * time.Minute: answer}, 2*time.Minute + idleTime, 2*time.Minute + idleTime + ackTime},
		"a long answer":    {settings, map[time.Duration]int{time.Minute: ask, time.Hour: answer}, time.Hour + idleTime, time.Hour + idleTime + ackTime},
		"a silent program": {"", nil, headTime, headTime},
		"another protocol": {"HTTP/1.1 505 No\r\nContent-Length: 0\r\n\r\n", nil, 0, headTime},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, client, program := relaying(tt.says)
				began := time.Now()
				go func() {
					for at, what := range tt.does {
						time.AfterFunc(at, func() {
							if what == ask {
								io.WriteString(client, headersOf(1, flagEndHeaders|flagEndStream, ""))
							} else {
								io.WriteString(program, headersOf(1, flagEndHeaders|flagEndStream, ""))
							}
						})
					}
					io.WriteString(client, settings)
				}()
				var told time.Duration
				for {
					head := make([]byte, frameHead)
					if _, err := io.ReadFull(client, head); err != nil {
						break
					}
					length := int(head[1])<<8 | int(head[2])
					io.CopyN(io.Discard, client, int64(length))
					if head[3] == frameGoAway && told == 0 {
						told = time.Since(began)
					}
				}
				if ends := time.Since(began); told.Truncate(time.Second) != tt.told || ends.Truncate(time.Second) != tt.ends {
					t.Errorf("told after %v, and closed after %v; want %v and %v", told, ends, tt.told, tt.ends)
				}
				client.Close()
				program.Close()
				f.Close()
				synctest.Wait()
			})
		})
	}
}

// A head of HTTP/2 that is never whole is waited for as long as one of HTTP/1, and less
// once the front is closed and nothing else is in flight. The client is told that it was
// not served.
func TestHTTP2HalfAHead(t *testing.T) {
	const never = time.Duration(0)
	whole := headersOf(3, flagEndHeaders, "head")
	for name, tt := range map[string]struct {
		says   string        // the client, after a minute
		rest   time.Duration // when it says what is missing
		closes time.Duration // the front
		answer time.Duration // when the program answers the stream that is whole
		ends   time.Duration
		last   uint32
	}{
		"part of a frame":                   {whole[:frameHead+1], never, never, never, time.Minute + headTime, 2},
		"part of a block":                   {headersOf(3, 0, "head"), never, never, never, time.Minute + headTime, 2},
		"before the close":                  {whole[:frameHead+1], never, 90 * time.Second, never, 90*time.Second + ackTime, 2},
		"after the close":                   {headersOf(3, 0, "head"), never, 59*time.Second + 500*time.Millisecond, never, time.Minute + ackTime, 2},
		"with another in flight":            {headersOf(1, flagEndHeaders, "") + whole[:frameHead+1], never, 61 * time.Second, 70 * time.Second, 70 * time.Second, 2},
		"whole in time, and answered later": {whole[:frameHead+1], 63 * time.Second, 61 * time.Second, 80 * time.Second, 80 * time.Second, 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, client, program := relaying(settings)
				began := time.Now()
				go io.WriteString(client, settings)
				time.AfterFunc(time.Minute, func() { io.WriteString(client, tt.says) })
				if tt.rest > 0 {
					time.AfterFunc(tt.rest, func() { io.WriteString(client, whole[frameHead+1:]) })
				}
				if tt.closes > 0 {
					time.AfterFunc(tt.closes, f.Close)
				}
				if tt.answer > 0 {
					stream := tt.last - 1 | 1 // 1 or 3
					time.AfterFunc(tt.answer, func() {
						io.WriteString(program, headersOf(stream, flagEndHeaders|flagEndStream, ""))
					})
				}
				var last uint32
				client.SetReadDeadline(began.Add(time.Hour))
				for {
					head := make([]byte, frameHead)
					if _, err := io.ReadFull(client, head); err != nil {
						break
					}
					payload := make([]byte, int(head[1])<<8|int(head[2]))
					io.ReadFull(client, payload)
					if head[3] == frameGoAway {
						last = binary.BigEndian.Uint32(payload)
					}
				}
				if ends := time.Since(began); ends.Truncate(time.Second) != tt.ends || last != tt.last {
					t.Errorf("closed after %v, with the last stream %d; want %v and %d", ends, last, tt.ends, tt.last)
				}
				client.Close()
				program.Close()
				f.Close()
				synctest.Wait()
				if s := f.Stats(); s.InFlight != 0 || s.Connections != 0 {
					t.Errorf("%+v", s)
				}
			})
		})
	}
}
