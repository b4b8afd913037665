package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"drainit/test/network"
)

const probes = "http://127.0.0.1:10143"

var background = context.Background()

// serve opens port 8080, of which /slow takes 3 s.
func serve() *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	mux.HandleFunc("/slow", func(w http.ResponseWriter, _ *http.Request) {
		say("slow: begun")
		time.Sleep(3 * time.Second)
		io.WriteString(w, "ok\n")
	})
	server := &http.Server{Addr: ":8080", Handler: mux}
	go func() {
		if err := server.ListenAndServe(); err != http.ErrServerClosed {
			say("cannot serve: %v", err)
			os.Exit(98)
		}
	}()
	return server
}

// ask asks once.
func ask(args []string) {
	status, _ := network.Get(args[0])
	say("slow: %d", status)
}

// watch says which status readiness has, whenever that changes, and then what the page answers.
func watch(page string) {
	for before := -1; ; time.Sleep(50 * time.Millisecond) {
		status, _ := network.Get(probes + "/readyz")
		if status == before {
			continue
		}
		before = status
		say("readyz %d", status)
		answer, body := network.Get(page)
		if status == 200 {
			_, metrics := network.Get(probes + "/metrics")
			for line := range strings.Lines(metrics) {
				if strings.HasPrefix(line, "drainit_processes_reaped_total") || strings.HasPrefix(line, "drainit_zombies") {
					say("metric %s", strings.TrimSpace(line))
				}
			}
		}
		say("page %d %s, readyz %d", answer, strings.TrimSpace(body), status)
	}
}
