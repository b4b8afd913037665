package front

import (
	"bufio"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// bufferSize is how much is copied at a time, in either direction.
const bufferSize = 16 << 10

var buffers = sync.Pool{New: func() any { return new([bufferSize]byte) }}

// A bufferPool gives httputil the buffers of answers.
type bufferPool struct{}

func (bufferPool) Get() []byte  { return buffers.Get().(*[bufferSize]byte)[:] }
func (bufferPool) Put(b []byte) { buffers.Put((*[bufferSize]byte)(b[:bufferSize])) }

var writers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, 4<<10) }}

// send writes the request. A body that is not here whole is left to a goroutine, so
// that the program can answer before it has all of it.
func (x *exchange) send(u *upstream, out *http.Request) error {
	w := writers.Get().(*bufio.Writer)
	w.Reset(u.Conn)
	defer func() {
		w.Reset(nil)
		writers.Put(w)
	}()
	x.writeHead(w, out)
	hasBody := x.in.ContentLength != 0
	if hasBody && x.conn.framing.state == complete && x.in.Header.Get("Expect") == "" {
		if err := x.writeBody(w); isClientError(err) {
			return err
		}
		hasBody = false
	}
	// The program may have said why it closed before it did. Reading tells.
	switch err := w.Flush(); {
	case err != nil:
	case hasBody:
		x.sendBody(u)
	default:
		x.written(u)
	}
	return nil
}

// settled reports whether the request has been read to its end, after which the
// client's connection can be used for another. What is here already is worth a
// moment; what is not might never come, and the connection ends with the answer.
func (x *exchange) settled() bool {
	if x.in.ContentLength == 0 {
		return true
	}
	here := x.conn.whole()
	if x.sent.done != nil && !ended(x.sent.done, here) {
		return false
	}
	if !x.sent.read && here {
		_, err := io.Copy(io.Discard, x.in.Body)
		x.sent.read = err == nil
	}
	return x.sent.read
}

// ended reports whether done is closed, by a moment from now if it is worth that.
func ended(done <-chan struct{}, worth bool) bool {
	select {
	case <-done:
		return true
	default:
	}
	if !worth {
		return false
	}
	select {
	case <-done:
		return true
	case <-time.After(settleTime):
		return false
	}
}

// writeHead writes the first line and the fields. The target is that of the client,
// byte for byte.
func (x *exchange) writeHead(w *bufio.Writer, out *http.Request) {
	in := x.in
	w.WriteString(in.Method + " " + in.RequestURI)
	if in.ProtoAtLeast(1, 1) {
		w.WriteString(" HTTP/1.1\r\n")
	} else {
		w.WriteString(" HTTP/1.0\r\n")
	}
	if in.Host != "" || in.ProtoAtLeast(1, 1) {
		w.WriteString("Host: " + in.Host + "\r\n")
	}
	switch {
	case out.Header.Get("Upgrade") != "":
		// out has the Connection field that belongs to it.
	case in.ProtoAtLeast(1, 1) && in.Close:
		w.WriteString("Connection: close\r\n")
	case !in.ProtoAtLeast(1, 1) && !in.Close:
		w.WriteString("Connection: keep-alive\r\n")
	}
	if in.ContentLength < 0 {
		w.WriteString("Transfer-Encoding: chunked\r\n")
		if names := trailerNames(in.Trailer); len(names) > 0 {
			w.WriteString("Trailer: " + strings.Join(names, ", ") + "\r\n")
		}
	}
	if _, came := in.Header["User-Agent"]; !came || out.Header.Get("User-Agent") == "" && in.UserAgent() != "" {
		delete(out.Header, "User-Agent") // httputil's mark for none
	}
	if !x.conn.framing.head.cacheControl {
		delete(out.Header, "Cache-Control") // net/http's, from Pragma
	}
	out.Header.Write(w) // Content-Length among them
	w.WriteString("\r\n")
}

func trailerNames(t http.Header) []string {
	names := make([]string, 0, len(t))
	for name := range t {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// sendBody writes the body from a goroutine of its own, which ends when the body
// does, or the client's or the program's connection. A body cut short does not look
// whole: net/http cancels the request's context when it cannot read, which aborts
// the program's connection.
func (x *exchange) sendBody(u *upstream) {
	s := &x.sent
	s.done = make(chan struct{})
	var ask, skip chan struct{}
	if x.in.Header.Get("Expect") != "" {
		ask, skip = make(chan struct{}), make(chan struct{})
		s.ask, s.skip = ask, skip
	}
	go func() {
		defer close(s.done)
		if ask != nil && (!wanted(ask, skip) || !x.askForBody()) {
			s.err = errNotWanted
			return
		}
		if s.err = x.writeBody(u.Conn); s.err == nil {
			x.written(u)
		}
	}()
}

// wanted waits until the body is asked for, or an answer without it is there.
func wanted(ask, skip chan struct{}) bool {
	t := time.NewTimer(continueTime)
	defer t.Stop()
	select {
	case <-ask:
	case <-t.C:
	case <-skip:
		return false
	}
	return true
}

// writeBody copies the body as it comes.
func (x *exchange) writeBody(w io.Writer) error {
	buf := buffers.Get().(*[bufferSize]byte)
	defer buffers.Put(buf)
	if x.in.ContentLength < 0 {
		return x.writeChunks(w, buf[:])
	}
	for {
		n, err := x.in.Body.Read(buf[:])
		if n > 0 {
			if _, err := w.Write(buf[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			x.sent.read = true
			return nil
		}
		if err != nil {
			return &clientError{err}
		}
	}
}

const chunkRoom = 10 // bytes for a chunk's size in hexadecimal, and CR LF

// writeChunks writes what was read at a time as one chunk, in one write.
func (x *exchange) writeChunks(w io.Writer, buf []byte) error {
	for {
		n, err := x.in.Body.Read(buf[chunkRoom : len(buf)-2])
		if n > 0 {
			size := strconv.AppendInt(make([]byte, 0, chunkRoom), int64(n), 16)
			size = append(size, '\r', '\n')
			begin := chunkRoom - len(size)
			copy(buf[begin:], size)
			copy(buf[chunkRoom+n:], "\r\n")
			if _, err := w.Write(buf[begin : chunkRoom+n+2]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			x.sent.read = true
			return x.writeTrailers(w)
		}
		if err != nil {
			return &clientError{err}
		}
	}
}

// writeTrailers ends a chunked body. The trailers are known once it has been read.
func (x *exchange) writeTrailers(w io.Writer) error {
	var end strings.Builder
	end.WriteString("0\r\n")
	x.in.Trailer.Write(&end)
	end.WriteString("\r\n")
	_, err := io.WriteString(w, end.String())
	return err
}
