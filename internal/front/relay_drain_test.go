package front

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// A peer is one end of a connection of HTTP/2, frame by frame.
type peer struct {
	t testing.TB
	c *net.TCPConn
	r *bufio.Reader
}

func (p *peer) say(frames ...string) {
	p.t.Helper()
	if _, err := io.WriteString(p.c, strings.Join(frames, "")); err != nil {
		p.t.Fatal(err)
	}
}

// next is the next frame as it came.
func (p *peer) next() string {
	p.t.Helper()
	head := make([]byte, frameHead)
	if _, err := io.ReadFull(p.r, head); err != nil {
		p.t.Fatalf("no frame: %v", err)
	}
	rest := make([]byte, int(head[0])<<16|int(head[1])<<8|int(head[2]))
	if _, err := io.ReadFull(p.r, rest); err != nil {
		p.t.Fatalf("part of a frame: %v", err)
	}
	return string(head) + string(rest)
}

func (p *peer) want(frames ...string) {
	p.t.Helper()
	for i, want := range frames {
		if got := p.next(); got != want {
			p.t.Fatalf("frame %d is %q, want %q", i, got, want)
		}
	}
}

// wantEnd is that nothing more comes, and no reset.
func (p *peer) wantEnd() {
	p.t.Helper()
	if rest, err := io.ReadAll(p.r); len(rest) > 0 || err != nil {
		p.t.Fatalf("at the end: %q, %v", rest, err)
	}
}

// both returns a client and the program behind the front, greeted.
func both(t testing.TB) (f *Front, client, program *peer) {
	t.Helper()
	l := listen(t)
	f, front := behind(t, l.Addr())
	client = &peer{t: t, c: dial(t, front)}
	client.r = bufio.NewReader(client.c)
	client.say(preface, settings)
	nc, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(patience))
	program = &peer{t: t, c: nc.(*net.TCPConn), r: bufio.NewReader(nc)}
	expect(t, program.r, preface)
	program.say(settings)
	client.want(settings)
	program.want(settings)
	return f, client, program
}

func goAway(last uint32, why fault) string { return string(appendGoAway(nil, last, why, "")) }

func reset(stream uint32, why fault) string { return string(appendReset(nil, stream, why)) }

// wantTold reads that the connection leaves, and returns the answer to the PING.
func (p *peer) wantTold(last uint32) (ack string) {
	p.t.Helper()
	p.want(goAway(last, noFault))
	ping := p.next()
	if ping[3] != framePing || ping[4] != 0 {
		p.t.Fatalf("%q is no PING", ping)
	}
	return ping[:4] + "\x01" + ping[5:]
}

// A silent connection is told that it leaves, and which stream was its last, and ends at
// both ends. The program hears nothing of that.
func TestHTTP2DrainOfASilentConnection(t *testing.T) {
	f, client, program := both(t)
	client.say(headersOf(7, flagEndHeaders|flagEndStream, "ask"))
	program.want(headersOf(7, flagEndHeaders|flagEndStream, "ask"))
	program.say(headersOf(7, flagEndHeaders|flagEndStream, "answer"))
	client.want(headersOf(7, flagEndHeaders|flagEndStream, "answer"))
	f.Drain()
	client.say(client.wantTold(most31))
	client.want(goAway(7, noFault))
	client.wantEnd()
	program.wantEnd()
	client.c.Close()
	eventually(t, "nothing open", func() bool { return f.Stats().Connections == 0 })
	if s := f.Stats(); s.Streams != 1 || s.Failed != 0 || s.Requests != [6]uint64{} {
		t.Errorf("%+v", s)
	}
}

// In a drain what is under way goes on, and what comes before the last stream was told.
// What comes after that is refused, and the program sees none of it.
func TestHTTP2DrainUnderWay(t *testing.T) {
	f, client, program := both(t)
	client.say(headersOf(1, flagEndHeaders, "one"))
	program.want(headersOf(1, flagEndHeaders, "one"))
	f.Drain()
	ack := client.wantTold(most31)
	client.say(headersOf(3, flagEndHeaders, "crossed"), ack)
	program.want(headersOf(3, flagEndHeaders, "crossed"))
	if s := f.Stats(); s.InFlight != 2 {
		t.Errorf("%+v", s)
	}
	time.Sleep(2 * crossTime)
	client.say(headersOf(5, flagEndHeaders, "late"), dataOf(3, 0, "data"))
	program.want(headersOf(5, flagEndHeaders, "late"), dataOf(3, 0, "data"))
	f.Close()
	client.want(goAway(5, noFault))
	client.say(headersOf(7, 0, "too "), frameOf(frameContinuation, flagEndHeaders, 7, "late"), dataOf(7, 0, "12345"),
		frameOf(frameWindow, 0, 7, "\x00\x00\x00\x09"), dataOf(7, flagEndStream, "67"), reset(7, cancelled), dataOf(1, 0, "in time"))
	program.want(dataOf(1, 0, "in time"))
	credit := 0
	for refused := false; !refused || credit < 7; {
		switch frame := client.next(); {
		case frame == reset(7, refusedStream):
			refused = true
		case frame[3] == frameWindow && strings.HasPrefix(frame[5:], "\x00\x00\x00\x00"):
			credit += int(binary.BigEndian.Uint32([]byte(frame[9:])))
		default:
			t.Fatalf("%q", frame)
		}
	}
	if credit != 7 {
		t.Errorf("%d bytes of the window come back, want 7", credit)
	}
	// Trailers are in terms of heads that the program has not seen.
	client.say(headersOf(1, flagEndHeaders|flagEndStream, "trailers"), dataOf(3, flagEndStream, ""))
	program.want(reset(1, cancelled), dataOf(3, flagEndStream, ""))
	client.want(reset(1, internal))
	program.say(goAway(most31, noFault), headersOf(3, flagEndHeaders, "answer"), dataOf(3, flagEndStream, "whole"))
	client.want(goAway(5, noFault), headersOf(3, flagEndHeaders, "answer"), dataOf(3, flagEndStream, "whole"))
	client.say(dataOf(5, flagEndStream, ""))
	program.want(dataOf(5, flagEndStream, ""))
	program.say(headersOf(5, flagEndHeaders|flagEndStream, "last"))
	client.want(headersOf(5, flagEndHeaders|flagEndStream, "last"))
	client.wantEnd()
	client.c.Close()
	eventually(t, "nothing open", func() bool { return f.Stats().Connections == 0 })
	if s := f.Stats(); s.Streams != 2 || s.Requests != [6]uint64{1} || s.InFlight != 0 || s.Cut != 0 {
		t.Errorf("%+v", s)
	}
}

// What the front says stands between two frames: not in one, and not in a header block.
func TestHTTP2DrainInAFrame(t *testing.T) {
	f, client, program := both(t)
	client.say(headersOf(1, flagEndHeaders|flagEndStream, "ask"))
	program.want(headersOf(1, flagEndHeaders|flagEndStream, "ask"))
	head, data := headersOf(1, 0, "head"), dataOf(1, flagEndStream, "data")
	rest := frameOf(frameContinuation, flagEndHeaders, 1, "rest")
	program.say(head)
	client.want(head)
	f.Drain()
	time.Sleep(20 * time.Millisecond)
	program.say(rest[:5])
	time.Sleep(20 * time.Millisecond)
	program.say(rest[5:], data[:12])
	client.want(rest)
	client.say(client.wantTold(most31))
	time.Sleep(2 * crossTime)
	program.say(data[12:])
	client.want(data, goAway(1, noFault))
	client.wantEnd()
}

// A connection made in a drain is served, and leaves after that. One that asks nothing
// leaves when the front is closed, and one that does not answer a PING a moment later.
func TestHTTP2ConnectionsInADrain(t *testing.T) {
	l := listen(t)
	f, front := behind(t, l.Addr())
	f.Drain()
	meet := func() (client, program *peer) {
		client = &peer{t: t, c: dial(t, front)}
		client.r = bufio.NewReader(client.c)
		client.say(preface, settings)
		nc, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { nc.Close() })
		program = &peer{t: t, c: nc.(*net.TCPConn), r: bufio.NewReader(nc)}
		expect(t, program.r, preface)
		program.say(settings)
		program.want(settings)
		client.want(settings)
		return client, program
	}
	client, program := meet()
	unused, _ := meet()
	client.say(headersOf(1, flagEndHeaders|flagEndStream, "ask"))
	program.want(headersOf(1, flagEndHeaders|flagEndStream, "ask"))
	client.say(client.wantTold(most31))
	program.say(headersOf(1, flagEndHeaders|flagEndStream, "answer"))
	client.want(headersOf(1, flagEndHeaders|flagEndStream, "answer"), goAway(1, noFault))
	client.wantEnd()
	f.Close()
	unused.wantTold(most31)
	unused.want(goAway(0, noFault))
	unused.wantEnd()
}

// A connection whose program had not spoken yet when the drain began leaves once it has.
func TestHTTP2DrainBeforeTheProgramSpeaks(t *testing.T) {
	l := listen(t)
	f, front := behind(t, l.Addr())
	client := &peer{t: t, c: dial(t, front)}
	client.r = bufio.NewReader(client.c)
	client.say(preface, settings)
	nc, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	eventually(t, "in flight", func() bool { return f.Stats().InFlight == 1 })
	expect(t, nc, preface)
	f.Drain()
	time.Sleep(20 * time.Millisecond)
	io.WriteString(nc, settings)
	client.want(settings)
	client.say(client.wantTold(most31))
	client.want(goAway(0, noFault))
	client.wantEnd()
}

// A program's own GOAWAY goes on, and streams above its last are not waited for. Nor is
// the client told of a higher one.
func TestHTTP2ProgramLeaves(t *testing.T) {
	f, client, program := both(t)
	client.say(headersOf(1, flagEndHeaders|flagEndStream, ""), headersOf(3, flagEndHeaders|flagEndStream, ""))
	program.want(headersOf(1, flagEndHeaders|flagEndStream, ""), headersOf(3, flagEndHeaders|flagEndStream, ""))
	program.say(goAway(1, noFault))
	client.want(goAway(1, noFault))
	client.say(headersOf(5, flagEndHeaders|flagEndStream, ""))
	program.want(headersOf(5, flagEndHeaders|flagEndStream, ""))
	eventually(t, "one in flight", func() bool { return f.Stats().InFlight == 1 })
	f.Drain()
	client.say(client.wantTold(1))
	program.say(dataOf(1, flagEndStream, "answer"))
	client.want(dataOf(1, flagEndStream, "answer"))
	program.c.Close()
	client.wantEnd()
	if s := f.Stats(); s.InFlight != 0 || s.Streams != 2 || s.Failed != 1 {
		t.Errorf("%+v", s)
	}
}

// What the program said before it closed reaches the client, and which of its streams
// the program has not seen; those it has are failed.
func TestHTTP2ProgramEnds(t *testing.T) {
	for _, last := range []string{dataOf(1, 0, "half"), dataOf(1, 0, "half")[:11]} {
		f, client, program := both(t)
		client.say(headersOf(1, flagEndHeaders|flagEndStream, ""))
		program.want(headersOf(1, flagEndHeaders|flagEndStream, ""))
		program.say(strings.Repeat(dataOf(1, 0, strings.Repeat("x", 16384)), 20), last)
		program.c.Close()
		for range 20 {
			client.want(dataOf(1, 0, strings.Repeat("x", 16384)))
		}
		want := last
		if len(last) == len(dataOf(1, 0, "half")) {
			want += goAway(1, noFault)
		}
		if got, err := io.ReadAll(client.r); string(got) != want || err != nil {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
		client.c.Close()
		eventually(t, "nothing open", func() bool { return f.Stats().Connections == 0 })
		if s := f.Stats(); s.Failed != 1 || s.Streams != 1 || s.InFlight != 0 {
			t.Errorf("%+v", s)
		}
	}
}

// A cut ends streams at both ends and counts each.
func TestHTTP2Cut(t *testing.T) {
	f, client, program := both(t)
	for i := range uint32(5) {
		ask := headersOf(2*i+1, flagEndHeaders, "")
		client.say(ask)
		program.want(ask)
	}
	f.Close()
	client.wantTold(most31)
	if n := f.Cut(); n != 5 {
		t.Errorf("%d cut, want 5", n)
	}
	if _, err := io.ReadAll(program.r); err == nil {
		t.Log("the program sees an end, and no reset")
	}
	io.Copy(io.Discard, client.r)
	eventually(t, "counted", func() bool {
		s := f.Stats()
		return s.InFlight == 0 && s.Connections == 0 && s.Requests == [6]uint64{5}
	})
	if s := f.Stats(); s.Cut != 5 || s.Failed != 0 {
		t.Errorf("%+v", s)
	}
}

// A client that reads nothing keeps nobody from a cut. One that reads late gets all, and
// then that the connection leaves.
func TestHTTP2LateReader(t *testing.T) {
	for _, reads := range []bool{true, false} {
		f, client, program := both(t)
		client.c.SetReadBuffer(64 << 10)
		client.say(headersOf(1, flagEndHeaders|flagEndStream, ""))
		program.want(headersOf(1, flagEndHeaders|flagEndStream, ""))
		const frames = 1000
		data := dataOf(1, 0, strings.Repeat("x", 16000))
		sent := make(chan int64, 1)
		go func() {
			n, _ := io.Copy(program.c, strings.NewReader(strings.Repeat(data, frames)+dataOf(1, flagEndStream, "")))
			sent <- n
		}()
		time.Sleep(50 * time.Millisecond)
		f.Drain()
		f.Close()
		if !reads {
			if n := f.Cut(); n != 1 {
				t.Errorf("%d cut, want 1", n)
			}
			receive(t, sent)
		} else {
			told := 0
			for got := 0; got < frames; {
				switch frame := client.next(); {
				case frame == data:
					got++
				case frame[3] == frameGoAway:
					told++
				case frame[3] != framePing:
					t.Fatalf("%.20q", frame)
				}
			}
			if rest, err := io.ReadAll(client.r); !strings.Contains(string(rest), dataOf(1, flagEndStream, "")) || err != nil || told == 0 {
				t.Errorf("%q, %v; told %d times before", rest, err, told)
			}
		}
		client.c.Close()
		eventually(t, "nothing open", func() bool { s := f.Stats(); return s.Connections == 0 && s.InFlight == 0 })
	}
}

// A program that reads nothing does not keep a client that went.
func TestHTTP2ProgramThatReadsNothing(t *testing.T) {
	f, client, program := both(t)
	client.say(headersOf(1, flagEndHeaders, ""))
	program.want(headersOf(1, flagEndHeaders, ""))
	go io.WriteString(client.c, strings.Repeat(dataOf(1, 0, strings.Repeat("x", 16000)), 2000))
	time.Sleep(50 * time.Millisecond)
	client.c.SetLinger(0)
	client.c.Close()
	eventually(t, "nothing open", func() bool { s := f.Stats(); return s.Connections == 0 && s.InFlight == 0 })
	if s := f.Stats(); s.Requests != [6]uint64{1} || s.Failed != 0 {
		t.Errorf("%+v", s)
	}
}

// A client that goes takes its streams along, and the program is told.
func TestHTTP2ClientGoes(t *testing.T) {
	for _, how := range []string{"reset", "close", "half"} {
		f, client, program := both(t)
		client.say(headersOf(1, flagEndHeaders, ""), headersOf(3, flagEndHeaders, ""), reset(3, cancelled))
		program.want(headersOf(1, flagEndHeaders, ""), headersOf(3, flagEndHeaders, ""), reset(3, cancelled))
		eventually(t, "one in flight", func() bool { return f.Stats().InFlight == 1 })
		switch how {
		case "reset":
			client.c.SetLinger(0)
			client.c.Close()
		case "close":
			client.c.Close()
		default:
			client.c.CloseWrite()
		}
		if _, err := io.ReadAll(program.r); how != "reset" && err != nil {
			t.Errorf("%s: %v", how, err)
		}
		if how == "half" {
			program.say(headersOf(1, flagEndHeaders|flagEndStream, "answer"))
			client.want(headersOf(1, flagEndHeaders|flagEndStream, "answer"))
			client.wantEnd()
		} else {
			program.c.Close()
		}
		eventually(t, "nothing open", func() bool { s := f.Stats(); return s.Connections == 0 && s.InFlight == 0 })
		if s := f.Stats(); s.Failed != 0 || how != "half" && s.Requests != [6]uint64{2} {
			t.Errorf("%s: %+v", how, s)
		}
	}
}

// Nonsense is answered with the code for it, and ends the connection.
func TestHTTP2Nonsense(t *testing.T) {
	for _, tt := range []struct {
		frames string
		last   uint32
		why    fault
	}{
		{headersOf(2, flagEndHeaders, ""), 0, badProtocol},
		{headersOf(1, 0, "") + dataOf(1, 0, ""), 1, badProtocol},
		{frameOf(framePush, flagEndHeaders, 1, "\x00\x00\x00\x02"), 0, badProtocol},
		{frameOf(framePing, 0, 0, "short"), 0, badSize},
	} {
		f, client, program := both(t)
		client.say(tt.frames)
		want := string(appendGoAway(nil, tt.last, tt.why, tt.why.Error()))
		if got, err := io.ReadAll(client.r); string(got) != want || err != nil {
			t.Errorf("%q: %q, %v; want %q", tt.frames, got, err, want)
		}
		io.Copy(io.Discard, program.r)
		client.c.Close()
		eventually(t, "nothing open", func() bool { s := f.Stats(); return s.Connections == 0 && s.InFlight == 0 })
		if s := f.Stats(); s.Failed != 0 {
			t.Errorf("%q: %+v", tt.frames, s)
		}
	}
}

// So does a client that begins streams without end. No more of them than the limit are
// remembered.
func TestHTTP2StreamsWithoutEnd(t *testing.T) {
	f, client, program := both(t)
	go io.Copy(io.Discard, program.r)
	go func() {
		for id := uint32(1); ; id += 2 {
			if _, err := io.WriteString(client.c, headersOf(id, flagEndHeaders|flagEndStream, "")); err != nil {
				return
			}
		}
	}()
	got, _ := io.ReadAll(client.r)
	if want := goAway(2*mostStreams-1, tooManyOfAll); len(got) < len(want) || string(got[frameHead:len(want)]) != want[frameHead:] {
		t.Errorf("%q", got)
	}
	eventually(t, "nothing in flight", func() bool { return f.Stats().InFlight == 0 })
	if s := f.Stats(); s.Requests[0] != mostStreams {
		t.Errorf("%+v", s)
	}
}

// Nothing but the preface goes to a program that does not speak HTTP/2, and its answer
// goes back as it is.
func TestHTTP2ToAnotherProgram(t *testing.T) {
	const no = "HTTP/1.1 505 No\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno"
	for _, answer := range []string{no, "no", ""} {
		got := make(chan string, 1)
		to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
			expect(t, r, preface)
			io.WriteString(c, answer)
			time.Sleep(50 * time.Millisecond) // for what might come
			c.(*net.TCPConn).CloseWrite()
			rest, _ := io.ReadAll(r)
			got <- string(rest)
		})
		f, front := behind(t, to)
		said := say(t, front, preface+settings+headersOf(1, flagEndHeaders|flagEndStream, "GET /secret HTTP/1.1\r\n\r\n"))
		if rest := receive(t, got); rest != "" {
			t.Errorf("%q: the program got %q", answer, rest)
		}
		if want := answer; want != "" && said != want {
			t.Errorf("%q became %q", want, said)
		}
		if want := settings; answer == "" && (!strings.HasPrefix(said, want) || !strings.Contains(said, "drainit's front got no answer")) {
			t.Errorf("without an answer: %q", said)
		}
		if s := f.Stats(); s.InFlight != 0 || s.Streams != 1 || s.Failed != map[bool]uint64{true: 1}[answer == ""] {
			t.Errorf("%q: %+v", answer, s)
		}
	}
}

// A program that waits for the client's SETTINGS gets them, and nothing else before its
// own.
func TestHTTP2ToAPatientProgram(t *testing.T) {
	to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		expect(t, r, preface+settings)
		c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		if n, err := r.Read(make([]byte, 1)); n > 0 || !isTimeout(err) {
			t.Errorf("%d, %v", n, err)
		}
		c.SetReadDeadline(time.Time{})
		io.WriteString(c, settings)
		expect(t, r, headersOf(1, flagEndHeaders|flagEndStream, "ask"))
		io.WriteString(c, headersOf(1, flagEndHeaders|flagEndStream, "answer"))
		io.Copy(io.Discard, r)
	})
	_, front := behind(t, to)
	c := dial(t, front)
	io.WriteString(c, preface+settings+headersOf(1, flagEndHeaders|flagEndStream, "ask"))
	expect(t, c, settings+headersOf(1, flagEndHeaders|flagEndStream, "answer"))
}

// What a client says may look like HTTP/1 to a program that has not answered the preface
// in time, and does not go to it.
func TestHTTP2NothingToRead(t *testing.T) {
	get := "\r\n\r\nGET /secret HTTP/1.1\r\nHost: a\r\n\r\n"
	get += strings.Repeat(" ", -len(get)+(len(get)+5)/6*6)
	for _, sent := range []string{"GET /\r\n", string(appendFrame(nil, frameSettings, 0, 0, []byte(get)...)), string(appendFrame(nil, frameSettings, 0, 0, []byte(get)...)[:9+36])} {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			got := make(chan string, 1)
			to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
				expect(t, r, preface)
				c.SetReadDeadline(time.Now().Add(helloTime + time.Second))
				more, _ := io.ReadAll(r)
				got <- string(more)
			})
			_, front := behind(t, to)
			c := dial(t, front)
			io.WriteString(c, preface+sent)
			c.CloseWrite()
			if more := receive(t, got); more != "" {
				t.Errorf("the program got %q", more)
			}
		})
	}
}

// A client of a program that cannot be reached may ask once more for everything.
func TestHTTP2WithoutAProgram(t *testing.T) {
	f, front := behind(t, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1})
	said := say(t, front, preface+settings+headersOf(1, flagEndHeaders|flagEndStream, "ask"))
	g, ok := readH2Frame([]byte(strings.TrimPrefix(said, settings)))
	if !ok || g.kind != frameGoAway || string(g.payload) != "\x00\x00\x00\x00\x00\x00\x00\x00" || !strings.Contains(said, "cannot be reached") {
		t.Errorf("%q", said)
	}
	if s := f.Stats(); s.InFlight != 0 || s.Failed != 1 || s.Streams != 1 {
		t.Errorf("%+v", s)
	}
}

// Only the preface as the very first bytes of a connection selects HTTP/2. All that is
// not quite it is refused as ever, whatever the pieces.
func TestPrefaceAlone(t *testing.T) {
	to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		for {
			head, err := readHead(r)
			if err != nil {
				return
			}
			if strings.HasPrefix(head, "PRI ") {
				t.Errorf("the program got %q", head)
			}
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	})
	_, front := behind(t, to)
	const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
	for _, sent := range []string{
		"\r\n" + preface, get + preface, strings.ToLower(preface), preface[:17] + "x", preface[:18] + "XM\r\n\r\n", preface[:22] + "\n",
		"PRI * HTTP/2.1\r\n\r\nSM\r\n\r\n", "PRI * HTTP/2.0\n\nSM\n\n", "PRI / HTTP/2.0\r\n\r\nSM\r\n\r\n", "PRI * HTTP/2.0\r\nHost: a\r\n\r\n",
	} {
		for _, piece := range []int{1, 16, 100} {
			c := dial(t, front)
			for rest := sent; len(rest) > 0; rest = rest[min(piece, len(rest)):] {
				io.WriteString(c, rest[:min(piece, len(rest))])
				if piece > 1 || len(rest) < 3 {
					time.Sleep(5 * time.Millisecond)
				}
			}
			if got, _ := io.ReadAll(c); !strings.Contains(string(got), "HTTP/1.1 400 Bad Request\r\n") {
				t.Errorf("%q, %d at a time: %q", sent, piece, got)
			}
		}
	}
	// What begins like it and is a request is one.
	for _, method := range []string{"P", "PR", "PRI", "PRIVATE"} {
		if got := say(t, front, method+"X * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 200 ") {
			t.Errorf("%s: %q", method, got)
		}
	}
}
