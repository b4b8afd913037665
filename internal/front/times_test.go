package front

import (
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener whose clients are in this process, so that time is the test's.
type pipes struct {
	clients chan net.Conn
	close   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	if c, ok := <-p.clients; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

func (p *pipes) Close() error {
	p.close.Do(func() { close(p.clients) })
	return nil
}

func (*pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes", Net: "unix"} }

// How long a connection may be silent, in each part of its life.
func TestSilence(t *testing.T) {
	type said struct {
		at   time.Duration
		text string // "close" closes the front
	}
	const whole, half = "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHo"
	for _, tt := range []struct {
		name string
		says []said
		want time.Duration
	}{
		{"new", nil, 60 * time.Second},
		{"new, half a head", []said{{0, "GET / HT"}, {59 * time.Second, "TP/1.1\r\nH"}}, 60 * time.Second},
		{"kept", []said{{50 * time.Second, whole}, {600 * time.Second, whole}}, 1220 * time.Second},
		{"kept, half a head", []said{{0, whole}, {600 * time.Second, half}, {659 * time.Second, "st: "}}, 660 * time.Second},
		{"new, and the front closes", []said{{5 * time.Second, "close"}}, 6 * time.Second},
		{"kept, and the front closes", []said{{0, whole}, {5 * time.Second, "close"}}, 5 * time.Second},
		{"half a head, and the front closes", []said{{0, half}, {5 * time.Second, "close"}}, 60 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &pipes{clients: make(chan net.Conn)}
				f := New(Config{Routes: []Route{{l, Target{"unix", t.TempDir() + "/nobody"}}}})
				f.Serve()
				defer f.Close()
				client, server := net.Pipe()
				defer client.Close()
				l.clients <- server
				began := time.Now()
				go func() {
					for _, s := range tt.says {
						time.Sleep(time.Until(began.Add(s.at)))
						if s.text == "close" {
							f.Close()
						} else {
							io.WriteString(client, s.text)
						}
					}
				}()
				io.Copy(io.Discard, client)
				if d := time.Since(began); d != tt.want {
					t.Errorf("closed after %v, want %v", d, tt.want)
				}
			})
		})
	}
}
