package front

import (
	"bufio"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// readWhole reads a frame with all of its payload.
func readWhole(r *bufio.Reader) (f h2Frame, err error) {
	head := make([]byte, frameHead)
	if _, err = io.ReadFull(r, head); err != nil {
		return f, err
	}
	f = h2Frame{length: int(head[0])<<16 | int(head[1])<<8 | int(head[2]), kind: head[3], flags: head[4],
		stream: binary.BigEndian.Uint32(head[5:])}
	f.payload = make([]byte, f.length)
	_, err = io.ReadFull(r, f.payload)
	return f, err
}

// answering is a program that answers each request some time later, and notes which.
type answering struct {
	mu   sync.Mutex
	seen map[uint32]bool
}

func (a *answering) serve(c net.Conn, r *bufio.Reader) {
	if _, err := io.CopyN(io.Discard, r, int64(len(preface))); err != nil {
		return
	}
	io.WriteString(c, settings)
	var wg sync.WaitGroup
	defer wg.Wait()
	var mu sync.Mutex
	for {
		f, err := readWhole(r)
		if err != nil {
			return
		}
		if f.kind != frameHeaders {
			continue
		}
		a.mu.Lock()
		a.seen[f.stream] = true
		a.mu.Unlock()
		wg.Go(func() {
			time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond)
			mu.Lock()
			defer mu.Unlock()
			io.WriteString(c, headersOf(f.stream, 0, "head"))
			io.WriteString(c, frameOf(frameContinuation, flagEndHeaders, f.stream, "rest")+dataOf(f.stream, 0, "half"))
			io.WriteString(c, dataOf(f.stream, flagEndStream, ""))
		})
	}
}

// A heedless client goes on asking whatever it is told. It returns what it asked, which
// of that was answered whole, and the last stream that it was told.
func heedless(t *testing.T, address string, acknowledges bool) (asked uint32, answered map[uint32]bool, last uint32) {
	c := dial(t, address)
	defer c.Close()
	r := bufio.NewReader(c)
	answered = map[uint32]bool{}
	var over atomic.Bool
	var mu sync.Mutex
	var wg sync.WaitGroup
	wg.Go(func() {
		io.WriteString(c, preface+settings)
		for id := uint32(1); !over.Load(); id += 2 {
			ask := headersOf(id, flagEndHeaders|flagEndStream, "a request")
			cut := rand.IntN(len(ask))
			mu.Lock()
			asked = id
			_, err := io.WriteString(c, ask[:cut])
			if rand.IntN(10) == 0 {
				time.Sleep(time.Millisecond)
			}
			if err == nil {
				_, err = io.WriteString(c, ask[cut:])
			}
			mu.Unlock()
			if err != nil {
				return
			}
			time.Sleep(time.Duration(rand.IntN(1000)) * time.Microsecond)
		}
	})
	for {
		f, err := readWhole(r)
		if err != nil {
			break
		}
		switch {
		case f.kind == frameData && f.flags&flagEndStream != 0:
			answered[f.stream] = true
		case f.kind == frameGoAway:
			last = binary.BigEndian.Uint32(f.payload)
		case f.kind == framePing && acknowledges:
			mu.Lock()
			io.WriteString(c, frameOf(framePing, flagAck, 0, string(f.payload)))
			mu.Unlock()
		}
	}
	over.Store(true)
	wg.Wait()
	return asked, answered, last
}

// At whatever moment a drain comes, the program sees exactly the requests up to the last
// one that the client was told, and each is answered whole: the client knows what it may
// repeat.
func TestHTTP2DrainAtAnyMoment(t *testing.T) {
	refused := 0
	for round := range 16 {
		program := &answering{seen: map[uint32]bool{}}
		f, front := behind(t, rawProgram(t, program.serve))
		drain := time.Duration(rand.IntN(30)) * time.Millisecond
		time.AfterFunc(drain, f.Drain)
		time.AfterFunc(drain+time.Duration(rand.IntN(50))*time.Millisecond, f.Close)
		asked, answered, last := heedless(t, front, round%4 > 0)
		for id := uint32(1); id <= asked; id += 2 {
			if seen := program.seen[id]; seen != (id <= last) || seen != answered[id] {
				t.Errorf("round %d: of %d asked, stream %d: seen %v, answered %v; the last was %d", round, asked, id, seen, answered[id], last)
			}
		}
		refused += int(asked-min(asked, last)) / 2
		eventually(t, "nothing open", func() bool { s := f.Stats(); return s.Connections == 0 && s.InFlight == 0 })
		if s := f.Stats(); s.Failed != 0 || int(s.Streams) != len(answered) || s.Requests != [6]uint64{} {
			t.Errorf("round %d: %+v, %d answered", round, s, len(answered))
		}
		if n := f.Cut(); n != 0 {
			t.Errorf("%d cut", n)
		}
	}
	t.Logf("%d streams came too late", refused)
}

// Whatever clients and programs do to each other, nothing stays in flight or open.
func TestHTTP2Unruly(t *testing.T) {
	frames := []string{
		settings, headersOf(1, flagEndHeaders|flagEndStream, "x"), headersOf(3, flagEndHeaders, "x"), headersOf(5, 0, "x"),
		dataOf(3, 0, "data"), dataOf(3, flagEndStream, "data"), dataOf(1, flagEndStream, "late"), reset(3, cancelled), reset(1, noFault),
		frameOf(frameContinuation, flagEndHeaders, 5, "y"), frameOf(framePing, 0, 0, "12345678"), frameOf(framePing, flagAck, 0, "12345678"),
		goAway(1, noFault), goAway(most31, internal), frameOf(framePush, flagEndHeaders, 1, "\x00\x00\x00\x02x"), headersOf(2, 5, "pushed"),
		frameOf(frameWindow, 0, 0, "\x00\x00\x00\x09"), frameOf(0x77, 0, 9, "new"), "nonsense at length", "\xff\xff\xff\x00\x00\x00\x00\x00\x03",
	}
	talk := func(c *net.TCPConn, random *rand.Rand, first string) {
		io.WriteString(c, first)
		for range random.IntN(15) {
			text := frames[random.IntN(len(frames))]
			cut := random.IntN(len(text) + 1)
			io.WriteString(c, text[:cut])
			if random.IntN(8) == 0 {
				break
			}
			if random.IntN(3) == 0 {
				time.Sleep(time.Duration(random.IntN(3)) * time.Millisecond)
			}
			io.WriteString(c, text[cut:])
		}
		switch random.IntN(3) {
		case 0:
			c.SetLinger(0)
		case 1:
			c.CloseWrite()
			c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
			io.Copy(io.Discard, c)
		}
		c.Close()
	}
	var number atomic.Uint64
	to := rawProgram(t, func(c net.Conn, r *bufio.Reader) {
		random := rand.New(rand.NewPCG(3, number.Add(1)))
		go io.Copy(io.Discard, r)
		talk(c.(*net.TCPConn), random, []string{settings, settings, settings, "HTTP/1.1 400 No\r\n\r\n", ""}[random.IntN(5)])
	})
	f, front := behind(t, to)
	until := time.Now().Add(2 * time.Second)
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(i)))
			for time.Now().Before(until) {
				c, err := net.Dial("tcp", front)
				if err != nil {
					continue
				}
				first := preface + settings
				if random.IntN(6) == 0 {
					first = first[:random.IntN(len(first))]
				}
				talk(c.(*net.TCPConn), random, first)
				if s := f.Stats(); s.InFlight < 0 || s.Connections < 0 {
					t.Errorf("%+v", s)
				}
			}
		})
	}
	time.AfterFunc(time.Second, f.Drain)
	wg.Wait()
	eventually(t, "nothing in flight", func() bool { return f.Stats().InFlight == 0 })
	f.Close()
	eventually(t, "nothing open", func() bool { return f.Stats().Connections == 0 })
	t.Logf("%+v", f.Stats())
	if n := f.Cut(); n != 0 {
		t.Errorf("%d cut", n)
	}
}
