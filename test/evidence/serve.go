package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// serve is a server that answers after what the path says (/500ms). On SIGTERM it is gone at once, or drains first:
// args are exit or drain, and an address.
func serve(args []string) error {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	l, err := net.Listen("tcp", args[1])
	if err != nil {
		return err
	}
	fmt.Println("ready")
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d, _ := time.ParseDuration(strings.TrimPrefix(r.URL.Path, "/"))
		time.Sleep(d)
		io.WriteString(w, "answer")
	})}
	go server.Serve(l)
	<-stop
	if args[0] == "drain" {
		return server.Shutdown(context.Background())
	}
	return nil
}
