package front

import (
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

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
				f := New(Config{})
				client, server := net.Pipe()
				program, up := net.Pipe()
				c := f.admit(server, &target{})
				began := time.Now()
				go func() {
					c.relayTo(&upstream{endpoint: newEndpoint(up)})
					c.finish(nil)
				}()
				go io.Copy(io.Discard, program)
				go io.WriteString(program, tt.says)
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
