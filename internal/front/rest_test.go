package front

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// restless is behind where connections rest soon.
func restless(t *testing.T, program net.Addr) (*Front, string) {
	return timed(t, program, func(f *Front) { f.rest = 50 * time.Millisecond })
}

// timed starts a front with other times than it has.
func timed(t *testing.T, program net.Addr, set func(*Front)) (*Front, string) {
	t.Helper()
	l := listen(t)
	f := New(Config{Routes: []Route{{l, Target{program.Network(), program.String()}}}})
	set(f)
	f.Serve()
	t.Cleanup(func() { f.Close(); f.Cut() })
	return f, l.Addr().String()
}

// A connection that is silent rests, and is there when it is asked, told to leave or cut.
func TestRest(t *testing.T) {
	const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
	to := program(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "answer") })
	f, front := restless(t, to)
	c := dial(t, front)
	r := bufio.NewReader(c)
	for _, asked := range []bool{false, true} {
		if asked {
			io.WriteString(c, get)
			answer, err := http.ReadResponse(r, nil)
			if err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, answer.Body)
		}
		eventually(t, "it rests", func() bool { return rests(f) })
	}
	io.WriteString(c, get[:9])
	eventually(t, "in flight", func() bool { return f.Stats().InFlight == 1 })
	io.WriteString(c, get[9:])
	if answer, err := http.ReadResponse(r, nil); err != nil || answer.Close {
		t.Fatalf("%v, %v", answer, err)
	}
	expect(t, r, "answer")
	eventually(t, "it rests again", func() bool { return rests(f) })
	if since, leaves := f.all()[0].silent(time.Now()); since < f.rest || leaves {
		t.Errorf("silent for %v, leaves %v", since, leaves)
	}
	f.all()[0].leave(true)
	if got, err := io.ReadAll(r); len(got) > 0 || err != nil {
		t.Errorf("told to leave: %q, %v", got, err)
	}

	gone, cut := dial(t, front), dial(t, front)
	eventually(t, "two rest", func() bool { return len(f.all()) == 2 && rests(f) })
	gone.Close()
	eventually(t, "one has gone", func() bool { return f.Stats().Connections == 1 })
	if n := f.Cut(); n != 0 {
		t.Errorf("%d cut", n)
	}
	if got, err := io.ReadAll(cut); len(got) > 0 || err != nil {
		t.Errorf("cut: %q, %v", got, err)
	}
}

// rests reports whether all connections do.
func rests(f *Front) bool {
	for _, c := range f.all() {
		c.mu.Lock()
		resting := c.resting
		c.mu.Unlock()
		if !resting {
			return false
		}
	}
	return len(f.all()) > 0
}

// One that rests is closed when its time is over.
func TestRestEnds(t *testing.T) {
	f, front := restless(t, program(t, func(w http.ResponseWriter, r *http.Request) {}))
	c := dial(t, front)
	eventually(t, "it rests", func() bool { return rests(f) })
	g := f.all()[0]
	g.mu.Lock()
	g.since = g.since.Add(-headTime)
	g.timer.Reset(0)
	g.mu.Unlock()
	if got, err := io.ReadAll(c); len(got) > 0 || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}
