package front

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"sync"
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

	status int // said to the client; 0 if none was
	sent   sendState

	mu       sync.Mutex
	up       *upstream // while the request is under way on it
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
		stop()
		x.leave()
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

func (x *exchange) leave() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.up = nil
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
	if x.sent.skip != nil {
		close(x.sent.skip)
	}
	if err != nil {
		return nil, x.why(u, err)
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
		if trace != nil && x.in.ProtoAtLeast(1, 1) {
			trace.Got1xxResponse(code, textproto.MIMEHeader(answer.Header))
		}
		if code == http.StatusContinue && x.sent.ask != nil {
			close(x.sent.ask)
			x.sent.ask = nil
		}
	}
}

// asItCame undoes what reading the head did to it: net/http takes Pragma: no-cache
// for Cache-Control, and forgets what Connection names where that says close.
func asItCame(fields http.Header, h *head) {
	if !h.cacheControl {
		delete(fields, "Cache-Control")
	}
	if h.connection != "" && fields["Connection"] == nil {
		fields.Set("Connection", h.connection)
	}
}

// why says what the want of an answer means.
func (x *exchange) why(u *upstream, err error) error {
	switch {
	case u.bad != nil:
		return malformed(u.bad.Error())
	case x.bodyError() != nil:
		return x.bodyError()
	case u.came && !isEnd(err):
		return malformed(err.Error())
	}
	return &unanswered{err}
}

// bodyError is what was wrong with the client's body, if that is known.
func (x *exchange) bodyError() error {
	var bad *clientError
	select {
	case <-x.sent.done:
		if errors.As(x.sent.err, &bad) {
			return bad
		}
	default:
	}
	return nil
}

// wrap makes the answer's body one that knows what becomes of the connection.
func (x *exchange) wrap(u *upstream, answer *http.Response, stop func() bool) {
	if answer.StatusCode == http.StatusSwitchingProtocols {
		stop() // httputil closes the body when the client goes
		x.leave()
		answer.Body = &tunnelBody{u}
		return
	}
	answer.Body = &answerBody{Reader: answer.Body, x: x, u: u, stop: stop, last: answer.Close}
}

// An answerBody is the body of an answer. It flushes what the client is to have
// before it waits for more, so nothing is held back and nothing is flushed in vain.
type answerBody struct {
	io.Reader
	x      *exchange
	u      *upstream
	stop   func() bool // stops the aborting by the client; false if it has aborted
	last   bool        // the program closes the connection
	over   bool
	began  bool
	broken error
}

func (b *answerBody) Read(p []byte) (int, error) {
	if !b.began {
		b.began = true
		b.u.flush = func() { http.NewResponseController(b.x.w).Flush() }
	}
	if b.over {
		return 0, io.EOF
	}
	n, err := 0, b.broken
	if err == nil {
		n, err = b.Reader.Read(p)
	}
	switch {
	case err == io.EOF:
		b.end()
	case err != nil && n > 0:
		b.broken = err
		return n, nil
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
	b.x.leave()
	if b.stop() && !b.last && !b.u.surplus && b.u.br.Buffered() == 0 && b.x.sentWhole() && !b.x.gone() {
		b.x.conn.keep(b.u)
		return
	}
	b.u.discard()
}

// Close before the end means that the client has gone. The program is told.
func (b *answerBody) Close() error {
	if b.over {
		return nil
	}
	b.over = true
	b.stop()
	b.x.leave()
	b.u.abort()
	return nil
}

// sentWhole reports whether the whole request has been written.
func (x *exchange) sentWhole() bool {
	return x.sent.done == nil || ended(x.sent.done, true) && x.sent.err == nil
}

// isEnd reports whether the program ended the connection, one way or the other.
func isEnd(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || isReset(err)
}
