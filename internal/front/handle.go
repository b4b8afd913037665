package front

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httputil"
	"strings"
)

// connKey is the key of a request's [conn] in its context.
type connKey struct{}

func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// handle passes one request on.
func (f *Front) handle(w http.ResponseWriter, r *http.Request) {
	c := r.Context().Value(connKey{}).(*conn)
	x := &exchange{conn: c, in: r, w: w}
	if !c.run(x) {
		panic(http.ErrAbortHandler)
	}
	whole := false
	defer func() { x.end(whole) }()
	p := httputil.ReverseProxy{
		Rewrite:        x.rewrite,
		Transport:      x,
		ModifyResponse: x.answer,
		ErrorHandler:   x.fail,
		BufferPool:     bufferPool{},
		ErrorLog:       f.errorLog,
	}
	p.ServeHTTP(w, r)
	whole = true
}

// end counts the request. One that ended early panicked with http.ErrAbortHandler.
func (x *exchange) end(whole bool) {
	c := x.conn
	if !whole && x.in.ContentLength != 0 || whole && !x.settled() {
		c.finish()
	}
	if !whole && !x.in.ProtoAtLeast(1, 1) {
		c.mu.Lock()
		c.reset = true
		c.mu.Unlock()
	}
	if x.tunnel != nil {
		x.tunnel.Conn.Close() // one that httputil did not take
	}
	if !x.refused && !c.isTunnel() { // which upgraded counts
		c.front.count(x.status)
	}
}

// rewrite undoes what httputil takes away of the fields, and appends the client to
// X-Forwarded-For. Target, Host and framing are taken from the request itself: one
// whose Connection names Content-Length would else lose it, and its body would be
// another request to the program.
func (x *exchange) rewrite(r *httputil.ProxyRequest) {
	for _, name := range [...]string{
		"Content-Length", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
	} {
		if v, ok := r.In.Header[name]; ok {
			r.Out.Header[name] = v
		}
	}
	if strings.EqualFold(r.Out.Header.Get("Upgrade"), "h2c") {
		r.Out.Header.Del("Upgrade") // HTTP/2 cannot be counted; a server may ignore the offer
		r.Out.Header.Del("Connection")
	}
	if x.conn.front.cfg.AppendForwarded {
		x.appendForwarded(r.Out.Header)
	}
}

func (x *exchange) appendForwarded(h http.Header) {
	host, _, err := net.SplitHostPort(x.in.RemoteAddr)
	if err != nil {
		return // a unix socket's client has no address
	}
	if came := h["X-Forwarded-For"]; len(came) > 0 {
		host = strings.Join(came, ", ") + ", " + host
	}
	h["X-Forwarded-For"] = []string{host}
}

// answer makes net/http's server pass the answer on as it is: nothing is added, and
// nothing flushed but by [answerBody]. A connection that the program closes, that is
// drained or leaves, or whose request has not ended is closed with the answer.
func (x *exchange) answer(a *http.Response) error {
	x.status = a.StatusCode
	if a.StatusCode == http.StatusSwitchingProtocols {
		return nil
	}
	h := x.w.Header()
	h["Date"] = nil
	h["Content-Type"] = a.Header["Content-Type"] // httputil would flush an event stream from a second goroutine
	a.Header.Del("Content-Type")
	if a.ContentLength < 0 {
		a.ContentLength = -2 // and a body of unknown length
	}
	if a.Close || x.last || x.conn.front.draining.Load() || !x.settled() {
		a.Header.Set("Connection", "close")
	}
	return nil
}

// fail answers in the program's place.
func (x *exchange) fail(w http.ResponseWriter, _ *http.Request, err error) {
	c := x.conn
	c.mu.Lock()
	refused, tunnelled := c.refused, c.phase == tunnel
	c.mu.Unlock()
	var none *unanswered
	switch {
	case tunnelled: // and the client went before its 101 was written
		return
	case refused != nil:
		x.refused = true
		c.front.refuse(refused)
		x.say(w, http.StatusBadRequest, refusedText(refused))
		return
	case x.in.Context().Err() != nil, isClientError(err), x.gone() && errors.As(err, &none):
		panic(http.ErrAbortHandler) // nobody is there to be told
	}
	c.front.failed.Add(1)
	x.say(w, http.StatusBadGateway, "drainit's front got no answer: "+err.Error()+"\n")
}

// say answers with a text of the front's own.
func (x *exchange) say(w http.ResponseWriter, code int, text string) {
	x.status = code
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	if x.last || x.conn.front.draining.Load() || !x.settled() {
		h.Set("Connection", "close")
	}
	w.WriteHeader(code)
	if x.in.Method != http.MethodHead {
		w.Write([]byte(text))
	}
}
