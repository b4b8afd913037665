package front

import (
	"bufio"
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
		{"new, half a preface", []said{{0, preface[:4]}, {30 * time.Second, preface[4:20]}, {59 * time.Second, preface[20:22]}}, 60*time.Second + lingerTime},
		{"new, half a preface at once", []said{{1 * time.Second, preface[:20]}}, 60*time.Second + lingerTime},
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

// A connection that is accepted while the front closes has a second to ask.
func TestAdmittedWhileClosing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := New(Config{})
		f.closing.Store(true)
		client, server := net.Pipe()
		defer client.Close()
		began := time.Now()
		f.admit(server, nil).serve()
		if d := time.Since(began); d != time.Second {
			t.Errorf("it ended after %v, want 1s", d)
		}
	})
}

// A refusal that is not read is not waited for: half a second to write it, and half
// a second for the client to read it.
func TestRefusalNobodyReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &pipes{clients: make(chan net.Conn)}
		f := New(Config{Routes: []Route{{Listener: l}}})
		f.Serve()
		defer f.Close()
		client, server := net.Pipe()
		l.clients <- server
		io.WriteString(client, "\x16")
		began := time.Now()
		time.Sleep(700 * time.Millisecond)
		got, err := io.ReadAll(client)
		if d := time.Since(began); len(got) > 0 || err != nil || d != time.Second {
			t.Errorf("%q, %v after %v; want the end after 1s", got, err, d)
		}
	})
}

// When the body of Expect: 100-continue is sent: when the program asks for it, or
// after a second, unless there is an answer before.
func TestWhenTheBodyIsSent(t *testing.T) {
	for _, tt := range []struct {
		answer string // at 300 ms
		at     time.Duration
		err    error
	}{
		{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n", 300 * time.Millisecond, nil},
		{"HTTP/1.1 103 Early Hints\r\n\r\n", time.Second, nil},
		{"HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n", 0, errNotWanted},
	} {
		synctest.Test(t, func(t *testing.T) {
			front, program := net.Pipe()
			client, server := net.Pipe()
			go io.Copy(io.Discard, client)
			c := newConn(server, New(Config{}), nil)
			go io.WriteString(client, "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nbody")
			c.readPlain()
			if c.step() != upload || !c.run() {
				t.Fatal("the body is not to come")
			}
			c.kept = &upstream{endpoint: newEndpoint(front)}
			began := time.Now()
			ended := make(chan error)
			go func() { ended <- c.x.pass() }()
			r := bufio.NewReader(program)
			readHead(r)
			synctest.Wait()
			go func() {
				time.Sleep(300 * time.Millisecond)
				io.WriteString(program, tt.answer)
			}()
			if tt.err == nil {
				expect(t, r, "body")
				if d := time.Since(began); d != tt.at {
					t.Errorf("%q: sent after %v, want %v", tt.answer, d, tt.at)
				}
			}
			synctest.Wait()
			<-c.x.sending.done
			if c.x.sending.err != tt.err {
				t.Errorf("%q: %v, want %v", tt.answer, c.x.sending.err, tt.err)
			}
			program.Close()
			<-ended
			client.Close()
		})
	}
}

// The last of a request that is here is waited for, for a moment.
func TestEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, tt := range []struct {
			after time.Duration
			worth bool
			want  bool
			took  time.Duration
		}{
			{0, false, true, 0}, {time.Millisecond, false, false, 0}, {40 * time.Millisecond, true, true, 40 * time.Millisecond},
			{time.Hour, true, false, settleTime},
		} {
			done := make(chan struct{})
			time.AfterFunc(tt.after, func() { close(done) })
			if tt.after == 0 {
				<-done
			}
			began := time.Now()
			if got := ended(done, tt.worth); got != tt.want || time.Since(began) != tt.took {
				t.Errorf("%+v: %v after %v", tt, got, time.Since(began))
			}
		}
	})
}
