package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// The limits of the server. It needs none of this to answer a probe, and it
// shares its memory limit with the program: a connection costs some 20 KB. Where
// descriptors are few the first two are less, see connectionLimits.
const (
	openLimit = 320 // connections in all; at the bound the oldest that has not asked goes
	idleLimit = 64  // of those, that have not asked a quarter of a second later

	headerLimit = 4 << 10         // bytes; net/http adds 4 KiB of its own
	readTime    = 5 * time.Second // from accepting to the end of the request
	writeTime   = 10 * time.Second

	// answerLimit bounds the asking of the program for one reply. Above
	// checkLimit, so that a check can say itself that it hangs; below kubelet's
	// usual 1 s.
	answerLimit = 900 * time.Millisecond
)

// Every reply carries these, so that ctl can refuse the answer of another
// container's drainit: containers of a pod share a network namespace, and so
// each other's loopback addresses, but no PID namespace (unless
// shareProcessNamespace is set, hence the PID).
const (
	HeaderVersion      = "Drainit"               // the version
	HeaderPIDNamespace = "Drainit-Pid-Namespace" // inode of /proc/self/ns/pid, namespaces(7)
	HeaderPID          = "Drainit-Pid"           // drainit's PID in that namespace
	HeaderName         = "Drainit-Name"          // only if it was given one
)

// Config is what a server says and whom it asks. All but Name is required.
type Config struct {
	Version      string
	Name         string
	PID          int
	PIDNamespace uint64
	Gate         *Gate

	// Status returns the state of things. It is called once for each request
	// of /drain and /metrics, by any number of goroutines at once, must not
	// block for long, and what it returns must not change afterwards.
	Status func() Status
}

// A Server serves probes, status and metrics, read-only. Nothing that happens
// in it ends drainit.
type Server struct {
	cfg     Config
	http    http.Server
	sent    tally
	metrics func() *metrics // built at the first scrape
}

// New returns a server. It costs next to nothing: what is slow waits for the
// first request.
func New(cfg Config) *Server {
	s := &Server{cfg: cfg}
	s.metrics = sync.OnceValue(func() *metrics { return newMetrics(cfg.Status, &s.sent) })
	s.http = http.Server{
		Handler:                      http.HandlerFunc(s.handle),
		DisableGeneralOptionsHandler: true, // OPTIONS * is a path like any other
		ReadTimeout:                  readTime,
		WriteTimeout:                 writeTime,
		MaxHeaderBytes:               headerLimit,
		ErrorLog:                     log.New(io.Discard, "", 0), // a scanner's garbage is no news
		Protocols:                    new(http.Protocols),
		ConnContext:                  withConn,
	}
	s.http.Protocols.SetHTTP1(true)
	s.http.SetKeepAlivesEnabled(false) // a kept one would occupy one of the few
	return s
}

// Serve answers on l until [Server.Close], then returns nil. Another error is
// that of l; the program does not depend on it. Serve closes l.
func (s *Server) Serve(l net.Listener) error {
	open, idle := connectionLimits(descriptorLimit())
	err := s.http.Serve(&bounded{Listener: l, limit: open, idle: idle})
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Close closes the listener and every connection, at once. Checks under way end
// by themselves within 800 ms.
func (s *Server) Close() error { return s.http.Close() }

// A reply is made whole before any of it is written, so that a reader that
// stalls holds nothing but the bytes.
type reply struct {
	code        int
	contentType string
	body        []byte
}

const (
	plainText = "text/plain; charset=utf-8"

	// metricsText is Prometheus' text format, expfmt.FmtText.
	metricsText = "text/plain; version=0.0.4; charset=utf-8"
)

// text returns a reply in plain text.
func text(code int, body string) reply {
	return reply{code, plainText, []byte(body)}
}

// handle answers one request.
func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	asked(r.Context())
	e := endpointOf(r.URL.Path)
	re := s.answer(e, r)
	s.sent.count(e, re.code)
	h := w.Header()
	h.Set(HeaderVersion, s.cfg.Version)
	h.Set(HeaderPIDNamespace, strconv.FormatUint(s.cfg.PIDNamespace, 10))
	h.Set(HeaderPID, strconv.Itoa(s.cfg.PID))
	if s.cfg.Name != "" {
		h.Set(HeaderName, s.cfg.Name)
	}
	if re.code == http.StatusMethodNotAllowed {
		h.Set("Allow", "GET, HEAD")
	}
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Type", re.contentType)
	h.Set("Content-Length", strconv.Itoa(len(re.body)))
	w.WriteHeader(re.code)
	if r.Method != http.MethodHead {
		w.Write(re.body) // the asker has gone if this fails
	}
}

// answer returns the reply of an endpoint.
func (s *Server) answer(e endpoint, r *http.Request) reply {
	if e == endpointOther {
		return text(http.StatusNotFound, "not found\n\n"+index)
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return text(http.StatusMethodNotAllowed, "only GET and HEAD: nothing here can be changed\n")
	}
	ctx, cancel := context.WithTimeout(r.Context(), answerLimit)
	defer cancel()
	switch e {
	case endpointReadyz:
		return health(e, r, s.cfg.Gate.Ready(ctx))
	case endpointLivez:
		return health(e, r, s.cfg.Gate.Live(ctx))
	case endpointDrain:
		return s.drain()
	case endpointMetrics:
		return s.scrape()
	}
	return text(http.StatusOK, index)
}

// index is the reply to /.
const index = `drainit: read-only, GET and HEAD

/readyz   200 or 503: may requests be sent here? ?verbose says why
/livez    200 or 503: is the program alive? 200 through the whole drain
/drain    JSON: state, timeline, what is waited for
/metrics  Prometheus
`

// health returns the reply for a verdict. A failing one always says why; 503
// is what balancers know, and kubelet takes anything from 400 on.
func health(e endpoint, r *http.Request, v Verdict) reply {
	if !v.OK {
		return text(http.StatusServiceUnavailable, v.verbose(e.String()))
	}
	if r.URL.Query().Has("verbose") {
		return text(http.StatusOK, v.verbose(e.String()))
	}
	return text(http.StatusOK, "ok")
}

// drain returns the status as JSON.
func (s *Server) drain() reply {
	body, err := json.MarshalIndent(s.cfg.Status(), "", "  ")
	if err != nil {
		return text(http.StatusInternalServerError, "status: "+err.Error()+"\n")
	}
	return reply{http.StatusOK, "application/json", append(body, '\n')}
}

// scrape returns the metrics.
func (s *Server) scrape() reply {
	var body bytes.Buffer
	if err := s.metrics().writeTo(&body); err != nil {
		return text(http.StatusInternalServerError, "metrics: "+err.Error()+"\n")
	}
	return reply{http.StatusOK, metricsText, body.Bytes()}
}
