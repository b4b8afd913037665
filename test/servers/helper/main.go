// Command helper is the other end of test/servers inside its containers: what the servers forward to, which also holds
// the network they are in, and the Go servers of the table. It depends on nothing but the kernel.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) != 2 {
		fail(errors.New("want one of backend, go-plain, go-drain, go-returns"))
	}
	switch os.Args[1] {
	case "backend":
		fail(newServer("127.0.0.1:9000").ListenAndServe())
	case "go-plain":
		fail(newServer(":8080").ListenAndServe())
	case "go-drain":
		drain(true)
	case "go-returns":
		drain(false)
	default:
		fail(fmt.Errorf("%q: no such server", os.Args[1]))
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "helper:", err)
	os.Exit(1)
}

// newServer returns a server that takes 3 s for /slow.
func newServer(addr string) *http.Server {
	return &http.Server{Addr: addr, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			time.Sleep(3 * time.Second)
		}
		w.Header().Set("Cache-Control", "no-store")
		fmt.Fprintln(w, "ok")
	})}
}

// drain serves until SIGTERM and then calls Shutdown. ListenAndServe returns as soon as Shutdown begins; a main that
// does not wait for its end returns with it, which is the mistake that go-returns makes.
func drain(wait bool) {
	server := newServer(":8080")
	stopped := make(chan os.Signal, 1)
	signal.Notify(stopped, syscall.SIGTERM)
	drained := make(chan error, 1)
	go func() {
		<-stopped
		drained <- server.Shutdown(context.Background())
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		fail(err)
	}
	if wait {
		<-drained
	}
}
