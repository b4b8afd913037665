// Command child is the programs of the front's benchmark: the one that is asked, and one that drainit runs meanwhile.
//
//	child program LISTEN
//	child wait
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

func main() {
	switch role := os.Args[1]; role {
	case "program":
		server := http.Server{Handler: http.HandlerFunc(answer), Protocols: new(http.Protocols)}
		server.Protocols.SetHTTP1(true)
		server.Protocols.SetUnencryptedHTTP2(true)
		fail(server.Serve(listen(os.Args[2])))
	case "wait":
		time.Sleep(time.Hour) // with select it would be a deadlock
	default:
		fail(fmt.Errorf("no role %q", role))
	}
}

// answer says 1 KiB; with a query of N it takes the body and answers N bytes.
func answer(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.ParseInt(r.URL.RawQuery, 10, 64)
	if err != nil {
		w.Write(text)
		return
	}
	http.NewResponseController(w).EnableFullDuplex()
	done := make(chan struct{})
	go func() {
		defer close(done)
		io.Copy(io.Discard, r.Body)
	}()
	buf := make([]byte, 64<<10)
	for ; n > 0; n -= int64(len(buf)) {
		if _, err := w.Write(buf[:min(n, int64(len(buf)))]); err != nil {
			break
		}
	}
	<-done
}

var text = make([]byte, 1<<10)

func listen(address string) net.Listener {
	l, err := net.Listen("tcp", address)
	fail(err)
	return l
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		os.Exit(1)
	}
}
