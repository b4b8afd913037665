package front

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// socketServer is a program that speaks RFC 6455: it hands each connection to h, which
// may write, and then reads to the client's close frame, answers that, and ends the
// connection, as servers do. What it has heard comes from the channel.
func socketServer(t testing.TB, h func(c net.Conn)) (net.Addr, <-chan heard) {
	all := make(chan heard, 10_000)
	return upgrading(t, func(c net.Conn, r *bufio.Reader) {
		go h(c)
		var got heard
		for {
			f, err := readFrame(r)
			if err != nil {
				got.err = err
				break
			}
			if f.opcode == closeCode {
				got.status = binary.BigEndian.Uint16(f.payload)
				c.Write(frame(true, closeCode, string(f.payload), false))
				break
			}
			got.text += string(f.payload)
		}
		all <- got
	}), all
}

// heard is what one end of a WebSocket has of the other.
type heard struct {
	text   string // of all messages
	whole  int    // messages
	status uint16 // of the close frame; 0: none came
	err    error  // of reading, up to the close frame
	end    error  // of reading behind it, or behind that error
}

// socketClient opens a WebSocket.
func socketClient(t testing.TB, front string) (*net.TCPConn, *bufio.Reader) {
	t.Helper()
	c := dial(t, front)
	r := bufio.NewReader(c)
	io.WriteString(c, handshake)
	if head, err := readHead(r); err != nil || !strings.HasPrefix(head, "HTTP/1.1 101 ") {
		t.Fatalf("%q, %v", head, err)
	}
	return c, r
}

// hear reads to the close frame, answers it, and reads on to the end.
func hear(c net.Conn, r *bufio.Reader) (got heard) {
	var text strings.Builder
	defer func() { got.text = text.String() }()
	for {
		f, err := readFrame(r)
		if err != nil {
			got.err = err
			break
		}
		if f.opcode == closeCode {
			got.status = binary.BigEndian.Uint16(f.payload)
			c.Write(frame(true, closeCode, string(f.payload), true))
			break
		}
		if f.opcode < 8 {
			text.Write(f.payload)
			if f.final {
				got.whole++
			}
		}
	}
	if n, err := io.Copy(io.Discard, r); n > 0 {
		got.end = fmt.Errorf("%d bytes behind the close frame", n)
	} else {
		got.end = err
	}
	return got
}

// Every client of a program that talks all the time hears that it goes away, after a
// whole message, and the program hears it of every client. No connection is reset.
func TestSocketsLeaveInTurn(t *testing.T) {
	const count, within = 300, 3 * time.Second
	message := strings.Repeat("m", 300)
	to, programs := socketServer(t, func(c net.Conn) {
		for err := error(nil); err == nil; time.Sleep(200 * time.Millisecond) {
			halves := frame(false, 1, message, false)
			c.Write(halves[:7]) // and the rest, in other pieces
			c.Write(halves[7:])
			c.Write(frame(true, 9, "ping", false))
			_, err = c.Write(frame(true, 0, message, false))
		}
	})
	f, front := behind(t, to)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var began time.Time
	left := make([]int, 0, count)
	for range count {
		c, r := socketClient(t, front)
		wg.Go(func() {
			c.Write(frame(true, 1, "hello", true))
			got := hear(c, r)
			mu.Lock()
			defer mu.Unlock()
			left = append(left, int(time.Since(began)/time.Second))
			if got.status != goingAway || got.end != nil || got.text != strings.Repeat(message, 2*got.whole) {
				t.Errorf("status %d, %v, %v; %d bytes of %d messages", got.status, got.err, got.end, len(got.text), got.whole)
			}
		})
	}
	mu.Lock()
	began = time.Now()
	mu.Unlock()
	f.Drain()
	f.Leave(within)
	wg.Wait()
	for range count {
		if got := receive(t, programs); got.status != goingAway || got.text != "hello" {
			t.Errorf("the program heard %+v", got)
		}
	}
	perSecond := map[int]int{}
	for _, second := range left {
		perSecond[second]++
	}
	t.Logf("left in each second: %v", perSecond)
	if perSecond[0] > count/2 { // the instants themselves: TestTurnsAreEven
		t.Errorf("%d of %d left in the first second of %v", perSecond[0], count, within)
	}
	f.Close()
	eventually(t, "nothing open", func() bool { return f.Stats().Connections == 0 })
	if s := f.Stats(); s.Left != count || s.Cut != 0 || f.Cut() != 0 {
		t.Errorf("%+v", s)
	}
}

// Silent ones leave, too; with no time at all at once, and at the latest when the front
// closes.
func TestSilentSocketsLeave(t *testing.T) {
	for _, within := range []time.Duration{0, time.Hour} {
		to, programs := socketServer(t, func(net.Conn) {})
		f, front := behind(t, to)
		c, r := socketClient(t, front)
		f.Leave(within)
		f.Close()
		if within > 0 {
			time.Sleep(50 * time.Millisecond)
			if s := f.Stats(); s.Left != 0 || s.Upgraded != 1 {
				t.Errorf("within an hour: %+v", s)
			}
			f.Leave(0)
		}
		if got := hear(c, r); got.status != goingAway || got.end != nil {
			t.Errorf("%+v", got)
		}
		if got := receive(t, programs); got.status != goingAway {
			t.Errorf("the program heard %+v", got)
		}
	}
}

// A message that has begun is passed on whole, however long it takes, before the close
// frame; control frames within it are no end.
func TestSocketLeavesBehindAMessage(t *testing.T) {
	next := make(chan []byte)
	to, _ := socketServer(t, func(c net.Conn) {
		for p := range next {
			c.Write(p)
		}
	})
	f, front := behind(t, to)
	c, r := socketClient(t, front)
	long := strings.Repeat("x", 100_000)
	second := frame(true, 0, long, false)
	next <- frame(false, 0x41, "first ", false) // with a bit of permessage-deflate
	if got, err := readFrame(r); string(got.payload) != "first " {
		t.Fatalf("%+v, %v", got, err)
	}
	f.Leave(0)
	f.Close()
	for _, p := range [][]byte{frame(true, 9, "ping", false), second[:1], second[1:5], second[5:50_000], second[50_000:]} {
		time.Sleep(lateTime)
		if s := f.Stats(); s.Left > 0 {
			t.Fatal("it has left within a message")
		}
		next <- p
	}
	close(next)
	got := hear(c, r)
	if got.text != long || got.status != goingAway || got.end != nil {
		t.Errorf("%d bytes, %d, %v, %v", len(got.text), got.status, got.err, got.end)
	}
}

// A program that never pauses between its messages is left between two of them.
func TestSocketOfAProgramWithoutAPause(t *testing.T) {
	to, _ := socketServer(t, func(c net.Conn) {
		two := append(frame(true, 2, "one message, ", false), frame(true, 2, strings.Repeat("y", 20_000), false)...)
		for err := error(nil); err == nil; {
			_, err = c.Write(two)
		}
	})
	f, front := behind(t, to)
	c, r := socketClient(t, front)
	time.AfterFunc(20*time.Millisecond, func() { f.Leave(0) })
	if got := hear(c, r); got.status != goingAway || got.end != nil || got.whole == 0 {
		t.Errorf("%d messages, %d, %v, %v", got.whole, got.status, got.err, got.end)
	}
}

// What the client was saying when it was told to leave reaches the program, in tiny
// pieces and behind the close frame that it has had.
func TestSocketClientFinishes(t *testing.T) {
	to, programs := socketServer(t, func(net.Conn) {})
	f, front := behind(t, to)
	c, r := socketClient(t, front)
	message := frame(true, 1, "the last words", true)
	c.Write(message[:3])
	f.Leave(0)
	if got, err := readFrame(r); err != nil || got.opcode != closeCode {
		t.Fatalf("%+v, %v", got, err)
	}
	for _, b := range message[3:] {
		time.Sleep(time.Millisecond)
		c.Write([]byte{b})
	}
	c.Write(frame(true, closeCode, "\x03\xe8", true))
	if n, err := io.Copy(io.Discard, r); n > 0 || err != nil {
		t.Errorf("%d bytes behind the close frame, %v", n, err)
	}
	if got := receive(t, programs); got.text != "the last words" || got.status != 1000 {
		t.Errorf("the program heard %+v", got)
	}
}

// A client that does not answer, and one that ends its connection instead, are waited
// for no longer than there is time; the program is told in their place.
func TestSocketClientDoesNotAnswer(t *testing.T) {
	to, programs := socketServer(t, func(net.Conn) {})
	f, front := behind(t, to)
	silent, r := socketClient(t, front)
	ends, _ := socketClient(t, front)
	half, _ := socketClient(t, front)
	ends.Write(frame(true, 1, "some ", true))
	half.Write(frame(true, 1, "half a frame", true)[:4])
	f.Leave(0)
	for _, c := range []*net.TCPConn{ends, half} {
		if got, err := readFrame(c); err != nil || got.opcode != closeCode {
			t.Fatalf("%+v, %v", got, err)
		}
		c.CloseWrite()
	}
	byStatus := map[uint16]int{}
	for range 3 {
		byStatus[receive(t, programs).status]++
	}
	if byStatus[goingAway] != 2 || byStatus[0] != 1 {
		t.Errorf("statuses that the program heard: %v", byStatus)
	}
	if got, err := readFrame(r); err != nil || got.opcode != closeCode {
		t.Errorf("%+v, %v", got, err)
	}
	if n, err := io.Copy(io.Discard, r); n > 0 || err != nil {
		t.Errorf("%d bytes behind the close frame, %v", n, err)
	}
	silent.Close()
	f.Close()
	eventually(t, "nothing open", func() bool { return f.Stats().Connections == 0 })
	if s := f.Stats(); s.Left != 3 || s.Cut != 0 {
		t.Errorf("%+v", s)
	}
}

// Where the program ends before their turn the clients are told, too, but for those
// that have half a message, which is a cut.
func TestSocketsOfAProgramThatEnds(t *testing.T) {
	for name, tt := range map[string]struct {
		said      []byte
		reset     bool
		left, cut uint64
	}{
		"between two messages": {frame(true, 1, "whole", false), false, 1, 0},
		"with a reset":         {frame(true, 1, "whole", false), true, 1, 0},
		"within a message":     {frame(false, 1, "half", false), false, 0, 1},
		"within a frame":       {frame(true, 1, "half", false)[:3], false, 0, 1},
		"with a close frame":   {frame(true, closeCode, "\x03\xf4", false), false, 0, 0},
	} {
		end := make(chan bool)
		to := upgrading(t, func(c net.Conn, r *bufio.Reader) {
			c.Write(tt.said)
			<-end
			if tt.reset {
				c.(*net.TCPConn).SetLinger(0)
			}
		})
		f, front := behind(t, to)
		c, r := socketClient(t, front)
		if _, err := r.Peek(len(tt.said)); err != nil {
			t.Fatal(err)
		}
		f.Leave(time.Hour)
		end <- true
		got := hear(c, r)
		want := map[bool]uint16{true: goingAway}[tt.left > 0]
		if name == "with a close frame" {
			want = 1012
		}
		if got.status != want || got.end != nil {
			t.Errorf("%s: %+v, want %d", name, got, want)
		}
		if tt.cut > 0 { // and is not counted twice
			f.Close()
			f.Cut()
		}
		c.Close()
		eventually(t, "counted", func() bool { s := f.Stats(); return s.Left == tt.left && s.Cut == tt.cut && s.Upgraded == 0 })
	}
}

// A client that leaves by itself at the same time is left to do so.
func TestSocketThatIsClosing(t *testing.T) {
	answer := make(chan bool)
	to := upgrading(t, func(c net.Conn, r *bufio.Reader) {
		f, err := readFrame(r)
		if err != nil || f.opcode != closeCode {
			t.Errorf("%+v, %v", f, err)
		}
		<-answer
		c.Write(frame(true, closeCode, "\x03\xe8", false))
	})
	f, front := behind(t, to)
	c, r := socketClient(t, front)
	c.Write(frame(true, closeCode, "\x03\xe8", true))
	time.Sleep(20 * time.Millisecond)
	f.Leave(0)
	time.Sleep(20 * time.Millisecond)
	answer <- true
	if got := hear(c, r); got.status != 1000 || got.end != nil {
		t.Errorf("%+v", got)
	}
	c.Close()
	eventually(t, "nothing open", func() bool { return f.Stats().Connections == 0 })
	if s := f.Stats(); s.Left != 0 || s.Cut != 0 {
		t.Errorf("%+v", s)
	}
}

// Other upgrades stay, as what they say means is not known here.
func TestOtherTunnelsStay(t *testing.T) {
	to := upgrading(t, func(c net.Conn, r *bufio.Reader) { io.Copy(c, r) })
	f, front := behind(t, to)
	c := dial(t, front)
	r := bufio.NewReader(c)
	io.WriteString(c, strings.Replace(handshake, "websocket", "other", 1))
	readHead(r)
	f.Leave(0)
	f.Close()
	time.Sleep(2 * lateTime)
	io.WriteString(c, "still here")
	expect(t, r, "still here")
	if s := f.Stats(); s.Left != 0 || s.Upgraded != 1 {
		t.Errorf("%+v", s)
	}
}

// Clients that come, speak, and go all the time, while the front drains and closes at any
// moment: who is let in hears whole messages, and goes itself or is told to.
func TestSocketsComeAndGo(t *testing.T) {
	const messages = 3
	for round := range 6 {
		to, _ := socketServer(t, func(c net.Conn) {
			for range messages {
				m := append(frame(false, 1, "one ", false), frame(true, 0, "message", false)...)
				cut := 1 + int(time.Now().UnixNano())%(len(m)-1)
				c.Write(m[:cut])
				c.Write(m[cut:])
			}
		})
		f, front := behind(t, to)
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				for n := i; ; n++ {
					c, err := net.DialTimeout("tcp", front, 500*time.Millisecond)
					if err != nil { // refused, or dropped in the moment of the close
						return
					}
					c.SetDeadline(time.Now().Add(patience))
					r := bufio.NewReader(c)
					io.WriteString(c, handshake)
					if head, err := readHead(r); err != nil || !strings.HasPrefix(head, "HTTP/1.1 101 ") {
						t.Errorf("%q, %v", head, err)
						c.Close()
						return
					}
					if n%3 == 0 { // goes at once, in one of two ways
						if n%2 == 0 {
							c.Write(frame(true, closeCode, "\x03\xe8", true))
						}
						c.Close()
						continue
					}
					c.Write(frame(true, 1, "word", true))
					if n%3 == 1 {
						time.AfterFunc(time.Duration(n%7)*time.Millisecond, func() { c.Write(frame(true, closeCode, "\x03\xe8", true)) })
					}
					got := hear(c, r)
					if got.err != nil || got.end != nil || got.status == 0 || got.text != strings.Repeat("one message", got.whole) {
						t.Errorf("%+v", got)
					}
					c.Close()
				}
			})
		}
		time.Sleep(time.Duration(round) * 10 * time.Millisecond)
		f.Leave(time.Duration(round%3) * 50 * time.Millisecond)
		time.Sleep(time.Duration(round) * 20 * time.Millisecond)
		f.Close()
		f.Leave(0)
		wg.Wait()
		eventually(t, "nothing open", func() bool { return f.Stats().Connections == 0 })
		if s := f.Stats(); s.Cut > 0 || s.Failed > 0 || f.Cut() > 0 {
			t.Errorf("%+v", s)
		}
	}
}

// Nobody is waited for who has nothing to say any more, because the other side has ended
// the connection or has said that it will, before the turn or after it, and who does not
// notice.
func TestSocketThatOneSideHasEnded(t *testing.T) {
	closes := frame(true, closeCode, "\x03\xe8", false)
	over := make(chan bool)
	to := upgrading(t, func(c net.Conn, r *bufio.Reader) {
		word, _ := readFrame(r)
		c.Write(frame(true, 1, "here", false))
		switch string(word.payload) {
		case "the program ends":
			return
		case "the program closes and ends":
			c.Write(closes)
			return
		case "the program closes":
			c.Write(closes)
		}
		<-over
	})
	defer close(over)
	f, front := behind(t, to)
	for word, end := range map[string]func(*net.TCPConn){
		"the program ends":            func(*net.TCPConn) {},
		"the program closes and ends": func(*net.TCPConn) {},
		"the program closes":          func(*net.TCPConn) {},
		"the client ends":             func(c *net.TCPConn) { c.CloseWrite() },
		"the client closes":           func(c *net.TCPConn) { c.Write(frame(true, closeCode, "\x03\xe8", true)) },
	} {
		c, r := socketClient(t, front)
		c.Write(frame(true, 1, word, true))
		if got, err := readFrame(r); err != nil || string(got.payload) != "here" {
			t.Fatalf("%s: %+v, %v", word, got, err)
		}
		end(c)
	}
	time.Sleep(100 * time.Millisecond)
	f.Leave(0)
	f.Close()
	eventually(t, "nothing open", func() bool { return f.Stats().Connections == 0 })
	if s := f.Stats(); s.Left != 0 || s.Cut != 0 || f.Cut() != 0 {
		t.Errorf("%+v", s)
	}
}

// A client that closes in the very moment when it is told that the front goes away has
// the program waited for no longer than any other.
func TestSocketClosedInItsTurn(t *testing.T) {
	client, there := net.Pipe()
	near, far := net.Pipe()
	defer client.Close()
	defer far.Close()
	f := New(Config{})
	f.closing.Store(true)
	turn := &inItsTurn{Conn: near, began: make(chan bool), ends: make(chan bool)}
	w := &socket{conn: newConn(there, f, &target{}), program: &upstream{endpoint: newEndpoint(turn)}}
	w.guest.program = turn
	f.turns.come(&w.guest)
	served := make(chan bool)
	go func() {
		w.serve()
		close(served)
	}()
	go io.Copy(io.Discard, client)
	go io.Copy(io.Discard, far)
	f.Leave(0)
	receive(t, turn.began)
	client.Write(frame(true, closeCode, "\x03\xe8", true))
	receive(t, served)
}

// inItsTurn is a program's connection that lets something happen before reads wait again.
type inItsTurn struct {
	net.Conn
	began, ends chan bool
	once, end   sync.Once
}

func (c *inItsTurn) SetReadDeadline(at time.Time) error {
	if at.IsZero() {
		c.once.Do(func() {
			close(c.began)
			select {
			case <-c.ends:
			case <-time.After(200 * time.Millisecond):
			}
		})
	}
	err := c.Conn.SetReadDeadline(at)
	if at.After(time.Now()) {
		c.end.Do(func() { close(c.ends) })
	}
	return err
}

// A client that has no room for the close frame, as it does not read, is not waited for
// either, and was cut.
func TestSocketClientDoesNotReadTheClose(t *testing.T) {
	client, there := net.Pipe()
	near, far := net.Pipe()
	defer client.Close()
	f := New(Config{})
	f.closing.Store(true)
	w := &socket{conn: newConn(there, f, &target{}), program: &upstream{endpoint: newEndpoint(near)}}
	w.guest.program = near
	f.turns.come(&w.guest)
	served := make(chan bool)
	go func() {
		w.serve()
		close(served)
	}()
	go func() {
		readFrame(far)
		far.Close()
	}()
	f.Leave(0)
	receive(t, served)
	if s := f.Stats(); s.Left != 0 || s.Cut != 1 {
		t.Errorf("%+v", s)
	}
}
