package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// play is a stand-in. On SIGTERM it has no handler: it ends at once, with what it works on.
func play(name string, args []string) error {
	addr, file := args[0], args[1]
	switch name {
	case "queue worker":
		return work(addr)
	case "UDP server":
		return datagrams(addr, file)
	}
	return serveStreams(name, addr)
}

// running is how many requests an inference server works on at once; the others wait.
const running = 3

// serveStreams answers with a token now and then, over HTTP/1.1 and HTTP/2 without TLS.
func serveStreams(name, addr string) error {
	slots := make(chan struct{}, running)
	var waiting atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, metrics(name, len(slots), int(waiting.Load())))
	})
	mux.HandleFunc("/stream", func(w http.ResponseWriter, r *http.Request) {
		tokens, err := strconv.Atoi(r.FormValue("tokens"))
		pause, err2 := time.ParseDuration(r.FormValue("pause"))
		if errors.Join(err, err2) != nil {
			http.Error(w, "tokens, pause", http.StatusBadRequest)
			return
		}
		waiting.Add(1)
		fmt.Fprint(w, ": accepted\n\n")
		_ = http.NewResponseController(w).Flush()
		slots <- struct{}{}
		waiting.Add(-1)
		defer func() { <-slots }()
		for n := range tokens {
			time.Sleep(pause)
			fmt.Fprintf(w, "data: %d\n\n", n)
			_ = http.NewResponseController(w).Flush()
		}
		fmt.Fprint(w, lastToken)
	})
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := http.Server{Addr: addr, Handler: mux, Protocols: &protocols}
	return server.ListenAndServe()
}

const lastToken = "data: [DONE]\n\n"

// workers is how many jobs the queue's worker has at once.
const workers = 4

// longestJob bounds a job.
const longestJob = 20 * time.Second

// work takes jobs until SIGUSR1, and says of each when it is begun and done. /drained is
// whether there is none.
func work(addr string) error {
	enough := make(chan os.Signal, 1)
	signal.Notify(enough, syscall.SIGUSR1)
	var stopped atomic.Bool
	var busy atomic.Int64
	for range workers {
		go func() {
			for {
				busy.Add(1)
				if stopped.Load() {
					busy.Add(-1)
					return
				}
				fmt.Println("begun")
				time.Sleep(rand.N(longestJob))
				fmt.Println("done")
				busy.Add(-1)
			}
		}()
	}
	go func() {
		<-enough
		stopped.Store(true)
	}()
	return http.ListenAndServe(addr, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !stopped.Load() || busy.Load() > 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
}

// datagrams answers each datagram after the time that it asks for. The file is there as
// long as any is not answered.
func datagrams(addr, file string) error {
	conn, err := net.ListenPacket("udp", addr)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	busy := 0
	change := func(by int) {
		mu.Lock()
		defer mu.Unlock()
		if busy += by; busy == 0 {
			_ = os.Remove(file)
		} else {
			_ = os.WriteFile(file, nil, 0o600)
		}
	}
	fmt.Println("listening")
	for buffer := make([]byte, 100); ; {
		n, from, err := conn.ReadFrom(buffer)
		if err != nil {
			return err
		}
		takes, err := time.ParseDuration(strings.TrimSpace(string(buffer[:n])))
		if err != nil {
			continue
		}
		change(1)
		go func() {
			time.Sleep(takes)
			_, _ = conn.WriteTo([]byte("done"), from)
			change(-1)
		}()
	}
}
