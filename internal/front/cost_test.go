package front

import (
	"bufio"
	"net"
	"runtime"
	"testing"
)

// repeater answers each read with the same bytes, without an allocation.
func repeater(t testing.TB, answer []byte) net.Addr {
	return rawProgram(t, func(c net.Conn, _ *bufio.Reader) {
		buf := make([]byte, 4<<10)
		for {
			if _, err := c.Read(buf); err != nil {
				return
			}
			if _, err := c.Write(answer); err != nil {
				return
			}
		}
	})
}

// A request on kept connections costs no allocation, in the long run.
func TestAllocations(t *testing.T) {
	request := []byte("GET /path?query HTTP/1.1\r\nHost: a\r\nUser-Agent: b\r\nAccept: */*\r\n\r\n")
	answer := append([]byte("HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: a/b\r\nContent-Length: 1024\r\n\r\n"), make([]byte, 1<<10)...)
	_, front := behind(t, repeater(t, answer))
	c := dial(t, front)
	buf := make([]byte, 4<<10)
	const count = 2000
	var before, after runtime.MemStats
	for i := range count + 100 {
		if i == 100 {
			runtime.ReadMemStats(&before)
		}
		c.Write(request)
		for got := 0; got < len(answer); {
			n, err := c.Read(buf)
			if err != nil {
				t.Fatal(err)
			}
			got += n
		}
	}
	runtime.ReadMemStats(&after)
	if n := float64(after.Mallocs-before.Mallocs) / count; n > 2 { // the race detector's pools lose some of what they have
		t.Errorf("%.1f allocations a request", n)
	}
	t.Logf("%.2f allocations of %d bytes a request", float64(after.Mallocs-before.Mallocs)/count, (after.TotalAlloc-before.TotalAlloc)/count)
}
