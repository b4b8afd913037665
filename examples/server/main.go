// Command server is the example program that drainit's demonstration, Docker
// image and manifests run: an HTTP server that takes a set time to answer and
// stops in one of the three ways programs stop.
//
// It knows nothing of drainit. It decides how one program answers and how it
// takes SIGTERM; whoever starts it decides when SIGTERM comes.
package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

func main() {
	response := flag.Duration("response-time", 0, "how long a request takes to answer, unless it asks: /?response-time=6s")
	addr := flag.String("addr", ":8080", "address to listen on")
	version := flag.String("version", "v1", "version to answer with, in the body and in X-Version")
	startDelay := flag.Duration("start-delay", 0, "wait this long before listening, as a program that loads data does")
	mode := drain
	flag.TextVar(&mode, "mode", drain, "on SIGTERM: exit (at once), drain (finish what is in flight) or ignore")
	flag.Parse()

	// Before anything slow: a stop during the start must find its handler.
	stopping := mode.listen()
	time.Sleep(*startDelay)
	server := &http.Server{
		Handler:           handler(*version, *response),
		ReadHeaderTimeout: 5 * time.Second,
	}
	if err := serve(server, *addr, *version, stopping); err != nil {
		fmt.Fprintln(os.Stderr, "server:", err)
		os.Exit(1)
	}
}

// serve listens on addr, says "ready ADDR VERSION" on stdout, and serves until
// stopping is closed and every request in flight has been answered.
func serve(server *http.Server, addr, version string, stopping <-chan struct{}) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Println("ready", listener.Addr(), version)
	drained := make(chan error, 1)
	go func() {
		<-stopping
		drained <- shutdown(server)
	}()
	// Serve returns as soon as Shutdown begins, not when it is done. A main that
	// returns here cuts the very requests that Shutdown is waiting for.
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-drained
}
