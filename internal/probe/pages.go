package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

const (
	// restTime is how long a helper waits for what has not come of a request: of a
	// head of more than headLimit, or of a body. Others wait for the helper meanwhile.
	restTime = helperSlow

	// writeTime bounds the taking of an answer.
	writeTime = 10 * time.Second
)

// Snapshot is what /drain and /metrics are made of.
type Snapshot struct {
	Status  Status
	Sent    Counts
	Reasons map[string]uint64 // the warnings of this process and the front's, by message
}

// NewSnapshot returns the snapshot of a status.
func NewSnapshot(s Status, sent Counts) Snapshot { return Snapshot{s, sent, reasons(s)} }

// reasons returns the warnings of both processes by message.
func reasons(s Status) map[string]uint64 {
	all := map[string]uint64{}
	maps.Copy(all, s.Reasons)
	if s.Front != nil {
		for reason, n := range s.Front.Reasons {
			all[reason] += n
		}
	}
	return all
}

// PagesConfig is what pages say and whom they ask. The functions are
// called by any number of goroutines at once.
type PagesConfig struct {
	Identity

	// Snapshot returns the state of things. It is called once.
	Snapshot func() (Snapshot, error)

	// Processes counts the container's processes. It is called once. Nil: they are
	// not known.
	Processes func() (Processes, error)

	// Ready and Live return what the gate says.
	Ready, Live func(context.Context) (Verdict, error)
}

// Pages answer the requests that a [Server] does not: they know all of HTTP/1, JSON
// and Prometheus' formats, and are of a process of their own.
type Pages struct {
	cfg      PagesConfig
	http     http.Server
	sent     tally
	snapshot func() (Snapshot, error)
	count    func() (Processes, error)
}

// NewPages returns pages that answer once, see [Pages.Serve].
func NewPages(cfg PagesConfig) *Pages {
	p := &Pages{cfg: cfg}
	p.snapshot = sync.OnceValues(cfg.Snapshot)
	if cfg.Processes != nil {
		p.count = sync.OnceValues(cfg.Processes)
	}
	p.http = http.Server{
		Handler:                      http.HandlerFunc(p.handle),
		DisableGeneralOptionsHandler: true, // OPTIONS * is a path like any other
		ReadTimeout:                  restTime,
		WriteTimeout:                 writeTime,
		MaxHeaderBytes:               headerLimit, // net/http adds 4 KiB of its own
		ErrorLog:                     log.New(io.Discard, "", 0),
		Protocols:                    new(http.Protocols),
	}
	p.http.Protocols.SetHTTP1(true)
	p.http.SetKeepAlivesEnabled(false)
	return p
}

// Take takes connections over, by their descriptors. Those that cannot be are closed.
func Take(descriptors ...int) (conns []net.Conn) {
	for _, fd := range descriptors {
		file := os.NewFile(uintptr(fd), "connection")
		if c, err := net.FileConn(file); err == nil {
			conns = append(conns, c)
		}
		file.Close()
	}
	return conns
}

// Serve answers one request of each connection, and returns when all are closed.
func (p *Pages) Serve(conns []net.Conn) {
	if len(conns) == 0 {
		return
	}
	once := &onceListener{conns: conns, over: make(chan struct{})}
	open := len(conns)
	var mu sync.Mutex
	p.http.ConnState = func(_ net.Conn, state http.ConnState) {
		if state != http.StateClosed && state != http.StateHijacked {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if open--; open == 0 {
			close(once.over)
		}
	}
	_ = p.http.Serve(once) // which is io.EOF
}

// Sent counts the replies.
func (p *Pages) Sent() Counts { return p.sent.counts() }

// onceListener has connections that are there already, and ends when they have.
type onceListener struct {
	conns []net.Conn
	over  chan struct{}
}

func (l *onceListener) Accept() (net.Conn, error) {
	if len(l.conns) == 0 {
		<-l.over
		return nil, io.EOF
	}
	c := l.conns[0]
	l.conns = l.conns[1:]
	return c, nil
}

func (l *onceListener) Close() error   { return nil }
func (l *onceListener) Addr() net.Addr { return &net.TCPAddr{} }

// handle answers one request.
func (p *Pages) handle(w http.ResponseWriter, r *http.Request) {
	e := endpointOf(r.URL.Path)
	re := p.attempt(e, r)
	p.sent.count(e, re.code)
	p.cfg.fields(w.Header().Set)
	if re.code == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", "GET, HEAD")
	}
	w.Header().Set("Content-Type", re.contentType)
	w.Header().Set("Content-Length", fmt.Sprint(len(re.body)))
	w.WriteHeader(re.code)
	if r.Method != http.MethodHead {
		io.WriteString(w, re.body) // the asker has gone if this fails
	}
}

// attempt makes an answer of a panic.
func (p *Pages) attempt(e endpoint, r *http.Request) (re reply) {
	defer func() {
		if v := recover(); v != nil {
			re = text(http.StatusInternalServerError, fmt.Sprintf("panic: %v\n", v))
		}
	}()
	switch {
	case e == endpointOther:
		return text(http.StatusNotFound, "not found\n\n"+index)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		return text(http.StatusMethodNotAllowed, "only GET and HEAD: nothing here can be changed\n")
	case r.ContentLength != 0:
		return text(http.StatusBadRequest, "a request here has no body\n")
	}
	return p.answer(e, r)
}

func (p *Pages) answer(e endpoint, r *http.Request) reply {
	verbose := r.URL.Query().Has("verbose")
	switch e {
	case endpointReadyz:
		return verdictPage(e, verbose, p.cfg.Ready)
	case endpointLivez:
		return verdictPage(e, verbose, p.cfg.Live)
	case endpointIndex:
		return text(http.StatusOK, index)
	}
	snapshot, err := p.snapshot()
	if err != nil {
		return text(http.StatusServiceUnavailable, "the state is not known: "+err.Error()+"\n")
	}
	if e == endpointDrain {
		return drainPage(snapshot.Status)
	}
	return p.metrics(snapshot)
}

func verdictPage(e endpoint, verbose bool, ask func(context.Context) (Verdict, error)) reply {
	ctx, cancel := context.WithTimeout(context.Background(), answerLimit)
	defer cancel()
	v, err := ask(ctx)
	if err != nil {
		v = verdict(failed("drainit", err.Error()))
	}
	return health(e, verbose, v)
}

// drainPage returns the status as JSON.
func drainPage(s Status) reply {
	body, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return text(http.StatusInternalServerError, "status: "+err.Error()+"\n")
	}
	return reply{http.StatusOK, "application/json", string(body) + "\n"}
}

// metrics returns the metrics.
func (p *Pages) metrics(s Snapshot) reply {
	var body bytes.Buffer
	if err := newMetrics(s, p.count).writeTo(&body); err != nil {
		return text(http.StatusInternalServerError, "metrics: "+err.Error()+"\n")
	}
	return reply{http.StatusOK, metricsText, body.String()}
}
