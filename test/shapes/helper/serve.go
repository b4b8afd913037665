package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path"
	"strconv"
	"syscall"
	"time"
)

// serve is a server: GET /5s is answered in 5 s, at an even rate. On its signal
// it takes nothing new in, finishes what is in flight, then drains for a while.
func serve(args []string) int {
	c := flags("serve")
	port := c.Int("port", 8080, "to listen on, on all addresses")
	drain := c.Duration("drain", 0, "how long it takes once nothing is in flight")
	reraise := c.Bool("reraise", false, "end by the very signal at last, as uvicorn from 0.29 does")
	must(c.Parse(args))
	got := c.signals()
	l, err := net.Listen("tcp4", ":"+strconv.Itoa(*port))
	must(err)
	s := &http.Server{Handler: http.HandlerFunc(trickle)}
	go func() { _ = s.Serve(l) }()
	quiet(c.signal())
	write("%s ready", *c.name)
	first := <-got
	write("%s got %s", *c.name, short(first))
	fmt.Println(*c.name, "drains") // who reads its output must still be there, or this ends it
	done := make(chan struct{})
	go func() {
		_ = s.Shutdown(context.Background())
		time.Sleep(*drain)
		close(done)
	}()
	for {
		select {
		case <-done:
			fmt.Println(*c.name, "has drained")
			write("%s done", *c.name)
			if *reraise {
				raise(first.(syscall.Signal))
			}
			return *c.status
		case sig := <-got:
			write("%s got %s", *c.name, short(sig))
		}
	}
}

// session answers one request on its standard streams, as a server's that starts
// a process for each connection.
func session([]string) int {
	r, err := http.ReadRequest(bufio.NewReader(os.Stdin))
	must(err)
	d, err := time.ParseDuration(path.Base(r.URL.Path))
	must(err)
	n := int(d / (10 * time.Millisecond))
	fmt.Printf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", n<<10)
	for range n {
		if _, err := os.Stdout.Write(make([]byte, 1<<10)); err != nil {
			return 1
		}
		time.Sleep(10 * time.Millisecond)
	}
	return 0
}

// raise ends the process by a signal.
func raise(sig syscall.Signal) {
	signal.Reset(sig)
	byDefault(sig)
	_ = syscall.Kill(os.Getpid(), sig)
	time.Sleep(time.Second)
}

// trickle answers with one kilobyte each 10 ms, for as long as the path says.
func trickle(w http.ResponseWriter, r *http.Request) {
	d, err := time.ParseDuration(path.Base(r.URL.Path))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	n := int(d / (10 * time.Millisecond))
	w.Header().Set("Content-Length", strconv.Itoa(n<<10))
	block := make([]byte, 1<<10)
	for begin, i := time.Now(), 0; i < n; i++ {
		if _, err := w.Write(block); err != nil {
			return
		}
		_ = http.NewResponseController(w).Flush()
		time.Sleep(time.Until(begin.Add(time.Duration(i+1) * 10 * time.Millisecond)))
	}
}
