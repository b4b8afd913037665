package front

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// stream answers with as many bytes as the query says, and counts what it is sent.
func stream(w http.ResponseWriter, r *http.Request) {
	http.NewResponseController(w).EnableFullDuplex()
	n, _ := strconv.ParseInt(r.URL.RawQuery, 10, 64)
	if r.URL.Path == "/length" {
		w.Header().Set("Content-Length", strconv.FormatInt(n, 10))
	}
	done := make(chan int64)
	go func() {
		got, _ := io.Copy(io.Discard, r.Body)
		done <- got
	}()
	io.CopyN(w, zeros{}, n)
	<-done
}

// zeros is an endless body.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// peak samples what the process has in use of heap and stacks until stop is called,
// which returns the most, in bytes.
func peak() (stop func() uint64) {
	quit, most := make(chan struct{}), make(chan uint64)
	go func() {
		var m runtime.MemStats
		var top uint64
		for {
			runtime.ReadMemStats(&m)
			top = max(top, m.HeapInuse+m.StackInuse)
			select {
			case <-quit:
				most <- top
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	return func() uint64 { close(quit); return <-most }
}

// What is streamed through is not stored: memory stays flat. FRONT_GIB is how many
// GiB in each direction (a quarter if it is not set).
func TestStreamedBodiesAreNotStored(t *testing.T) {
	gib, err := strconv.ParseFloat(os.Getenv("FRONT_GIB"), 64)
	if err != nil {
		gib = 0.25
	}
	n := int64(gib * (1 << 30))
	_, front := behind(t, program(t, stream))
	for _, path := range []string{"/length", "/chunked"} {
		most := peak()
		c := dial(t, front)
		c.SetDeadline(time.Time{})
		request, _ := http.NewRequest("POST", fmt.Sprintf("http://%s%s?%d", front, path, n), io.LimitReader(zeros{}, n))
		if path == "/length" {
			request.ContentLength = n
		}
		go request.Write(c)
		began := time.Now()
		answer, err := http.ReadResponse(bufio.NewReader(c), request)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.Copy(io.Discard, answer.Body)
		if got != n || err != nil {
			t.Fatalf("%d of %d bytes, %v", got, n, err)
		}
		took, top := time.Since(began), most()
		t.Logf("%s: %.2f GiB both ways in %v, %d MiB in use at most", path, gib, took.Round(time.Millisecond), top>>20)
		if top > 48<<20 {
			t.Errorf("%d MiB in use", top>>20)
		}
		c.Close()
	}
}

// A hundred clients that ask, read slowly, say that they send no more, and go in the
// middle. Nobody gets another's bytes, memory stays flat, and nothing is left.
func TestUnrulyClients(t *testing.T) {
	f, front := behind(t, program(t, func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).EnableFullDuplex()
		io.Copy(w, r.Body)
	}))
	before := runtime.NumGoroutine()
	most := peak()
	duration := 3 * time.Second
	if s, err := time.ParseDuration(os.Getenv("FRONT_DURATION")); err == nil {
		duration = s
	}
	var wg sync.WaitGroup
	var whole, gone atomic.Int64
	until := time.Now().Add(duration)
	for i := range 100 {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(i)))
			for time.Now().Before(until) {
				if err := unruly(random, front, byte(i)); err == nil {
					whole.Add(1)
				} else if errors.Is(err, errLeft) {
					gone.Add(1)
				} else {
					t.Errorf("client %d: %v", i, err)
					return
				}
			}
		})
	}
	wg.Wait()
	top := most()
	t.Logf("%d exchanges were whole, %d clients went, %d MiB in use at most", whole.Load(), gone.Load(), top>>20)
	if top > 96<<20 {
		t.Errorf("%d MiB in use", top>>20)
	}
	if whole.Load() == 0 || gone.Load() == 0 {
		t.Error("one of both did not happen")
	}
	eventually(t, "nothing open", func() bool { s := f.Stats(); return s.Connections == 0 && s.InFlight == 0 })
	eventually(t, "no goroutine left", func() bool { return runtime.NumGoroutine() <= before+3 })
}

// errLeft is that the client went on purpose.
var errLeft = errors.New("left")

// unruly has one connection and up to five echoes on it.
func unruly(random *rand.Rand, address string, mark byte) error {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	r := bufio.NewReader(c)
	for range 1 + random.IntN(5) {
		size := random.IntN(1 << random.IntN(20))
		leave := -1
		if random.IntN(4) == 0 {
			leave = random.IntN(size + 1)
		}
		half := random.IntN(8) == 0
		slow := random.IntN(8) == 0
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n", size)
			body := make([]byte, size)
			for i := range body {
				body[i] = mark
			}
			if leave >= 0 {
				body = body[:leave]
			}
			c.Write(body)
			if half && leave < 0 {
				c.(*net.TCPConn).CloseWrite()
			}
		}()
		if leave >= 0 {
			<-sent
			if leave%2 == 0 {
				c.(*net.TCPConn).SetLinger(0)
			}
			return errLeft
		}
		last, err := readEcho(r, size, mark, slow)
		<-sent
		if half {
			return nil // the program may take it for leaving
		}
		if err != nil || last {
			return err
		}
	}
	return nil
}

// readEcho reads an answer of size marks, and whether it is the connection's last.
func readEcho(r *bufio.Reader, size int, mark byte, slow bool) (last bool, err error) {
	answer, err := http.ReadResponse(r, nil)
	if err != nil {
		return false, err
	}
	got := 0
	buf := make([]byte, 4<<10)
	for {
		n, err := answer.Body.Read(buf)
		for _, b := range buf[:n] {
			if b != mark {
				return false, fmt.Errorf("another's byte at %d: %d, want %d", got, b, mark)
			}
		}
		got += n
		if slow && n > 0 {
			time.Sleep(time.Millisecond)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return false, err
		}
	}
	if got != size || answer.StatusCode != 200 {
		return false, fmt.Errorf("%s, %d of %d bytes", answer.Status, got, size)
	}
	return answer.Close, nil
}
