package front

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"sync"
	"syscall"
	"time"
)

const (
	// continueTime is how long the program has to answer Expect: 100-continue
	// before the body is asked for regardless, as clients do (curl after 1 s).
	continueTime = time.Second

	// settleTime is how long after the answer's end the last of the request may
	// still be on its way for the connection to be kept.
	settleTime = 50 * time.Millisecond
)

// An exchange is one request and its answer. It is the transport of the reverse
// proxy for that request: it writes the request as it came, once, and never again.
type exchange struct {
	conn *conn
	in   *http.Request // the server's own, which gets the trailers
	w    http.ResponseWriter

	status  int  // said to the client; 0 if none was
	refused bool // for its body, and counted
	last    bool // the connection leaves after the answer
	tunnel  *upstream
	sent    sendState

	informing sync.Mutex // net/http writes 1xx for whoever says them, at once
	continued bool       // 100 was said
	answered  bool       // it is too late for that

	mu       sync.Mutex
	up       *upstream // that the request was written to, whole
	finished bool      // the client sends no more (FIN)
}

// sendState is how far the body of a request has got.
type sendState struct {
	ask  chan struct{} // closed when the body may be read
	done chan struct{} // closed when nothing reads or writes it any more; nil if there is none
	err  error         // valid after done
	read bool          // the body was read to its end; valid after done
	skip chan struct{} // closed when it is not wanted
}

// RoundTrip sends the request to the program and returns its answer.
func (x *exchange) RoundTrip(out *http.Request) (*http.Response, error) {
	ctx := out.Context()
	u, err := x.conn.upstream(ctx)
	if err != nil {
		return nil, &unreachable{err}
	}
	stop := context.AfterFunc(ctx, u.abort)
	u.expect(x.in.Method)
	answer, err := x.ask(u, out)
	if err != nil {
		u.abort()
		return nil, err
	}
	x.wrap(u, answer, stop)
	return answer, nil
}

// written notes that the whole request has been written to u. From then on the end
// of what the client sends is passed on, which would cut it before.
func (x *exchange) written(u *upstream) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.up = u
	if x.finished {
		closeWrite(u.Conn)
	}
}

// clientDone passes on that the client sends no more.
func (x *exchange) clientDone() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.finished = true
	if x.up != nil {
		closeWrite(x.up.Conn)
	}
}

// gone reports whether the client said that it sends no more, which most mean as
// that they have gone.
func (x *exchange) gone() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.finished
}

// ask writes the request and reads the head of the answer.
func (x *exchange) ask(u *upstream, out *http.Request) (*http.Response, error) {
	if err := x.send(u, out); err != nil {
		return nil, err
	}
	answer, err := x.readHead(u, out)
	x.noMore()
	if x.sent.skip != nil {
		close(x.sent.skip)
	}
	if err != nil {
		return nil, u.why(err)
	}
	if answer.StatusCode == http.StatusSwitchingProtocols && (out.Header.Get("Upgrade") == "" || !x.sentWhole()) {
		return nil, malformed("101 that nobody asked for, or before the end of the request")
	}
	return answer, nil
}

// readHead reads heads until one is final, and passes the others on.
func (x *exchange) readHead(u *upstream, out *http.Request) (*http.Response, error) {
	trace := httptrace.ContextClientTrace(out.Context())
	for {
		answer, err := http.ReadResponse(u.br, out)
		if err != nil {
			return nil, err
		}
		code := answer.StatusCode
		if code >= 200 || code == http.StatusSwitchingProtocols {
			asItCame(answer.Header, &u.framing.head)
			return answer, nil
		}
		if x.in.ProtoAtLeast(1, 1) {
			x.inform(func() { trace.Got1xxResponse(code, textproto.MIMEHeader(answer.Header)) }, code)
		}
		if code == http.StatusContinue && x.sent.ask != nil {
			close(x.sent.ask)
			x.sent.ask = nil
		}
	}
}

// inform passes on what comes before the answer.
func (x *exchange) inform(say func(), code int) {
	x.informing.Lock()
	defer x.informing.Unlock()
	x.continued = x.continued || code == http.StatusContinue
	say()
}

// noMore says that the answer is there, or that there is none.
func (x *exchange) noMore() {
	x.informing.Lock()
	defer x.informing.Unlock()
	x.answered = true
}

// askForBody does so where the program has not, and reports whether it is still
// wanted.
func (x *exchange) askForBody() bool {
	x.informing.Lock()
	defer x.informing.Unlock()
	if !x.continued && !x.answered && x.in.ProtoAtLeast(1, 1) {
		x.continued = true
		x.w.WriteHeader(http.StatusContinue)
	}
	return !x.answered
}

// asItCame undoes what reading the head did to it: net/http takes Pragma: no-cache
// for Cache-Control, and forgets what Connection names where that says close.
func asItCame(fields http.Header, h *head) {
	if !h.cacheControl {
		delete(fields, "Cache-Control")
	}
	if h.connection != "" {
		fields.Set("Connection", h.connection)
	}
}

// why says what the want of an answer means.
func (u *upstream) why(err error) error {
	if u.came && !isEnd(err) {
		return malformed(err.Error())
	}
	return &unanswered{err}
}

// wrap makes the answer's body one that knows what becomes of the connection.
func (x *exchange) wrap(u *upstream, answer *http.Response, stop func() bool) {
	if answer.StatusCode == http.StatusSwitchingProtocols {
		x.tunnel = u
		answer.Body = &tunnelBody{u}
		return
	}
	answer.Body = &answerBody{Reader: answer.Body, x: x, u: u, stop: stop}
}

// An answerBody is the body of an answer. It flushes what the client is to have
// before it waits for more, so nothing is held back and nothing is flushed in vain.
type answerBody struct {
	io.Reader
	x     *exchange
	u     *upstream
	stop  func() bool // stops the aborting by the client; false if it has aborted
	over  bool
	began bool
}

func (b *answerBody) Read(p []byte) (int, error) {
	if !b.began {
		b.began = true
		b.u.flush = func() { http.NewResponseController(b.x.w).Flush() }
	}
	if b.over {
		return 0, io.EOF
	}
	n, err := b.Reader.Read(p)
	switch {
	case err == io.EOF:
		b.end()
	case err != nil:
		b.u.flush() // what came before the break is the client's
		if b.x.in.Context().Err() == nil && !b.x.gone() {
			b.x.conn.front.failed.Add(1)
		}
	}
	return n, err
}

// end keeps the connection for the next request, if nothing speaks against it.
func (b *answerBody) end() {
	b.over, b.u.flush = true, nil
	if b.stop() && !b.u.surplus && b.x.sentWhole() {
		b.x.conn.keep(b.u)
		return
	}
	b.u.discard()
}

// Close is httputil's. Where it comes before the end the request ends, and its
// context aborts the connection.
func (b *answerBody) Close() error { return nil }

// sentWhole reports whether the whole request has been written.
func (x *exchange) sentWhole() bool {
	return x.sent.done == nil || ended(x.sent.done, true) && x.sent.err == nil
}

// isEnd reports whether the program ended the connection, one way or the other.
func isEnd(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET)
}
