// Package logging is drainit's log: the two formats, a writer that never waits for who
// reads it, and the count of warnings.
package logging

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// logQueue is how many lines may wait for a standard error that does not take them.
const logQueue = 256

// Writer writes lines to a descriptor from a goroutine of its own, so that a
// full pipe delays nobody and a closed one ends nothing. What does not fit in
// the queue is dropped and counted.
//
// It writes with write(2) itself: os.File would raise a fatal SIGPIPE for
// descriptors 1 and 2, and would want O_NONBLOCK set on a file description that
// the child shares.
type Writer struct {
	fd      int
	prefix  string
	start   sync.Once
	started atomic.Bool
	queue   chan entry
	Dropped atomic.Int64

	Warnings warnings // see counting
}

// entry is a line, or a request to say when all before it were written.
type entry struct {
	line    []byte
	written chan struct{}
}

// NewWriter returns the writer of a descriptor. prefix begins each line.
func NewWriter(fd int, prefix string) *Writer {
	return &Writer{fd: fd, prefix: prefix, queue: make(chan entry, logQueue)}
}

// Open returns a logger that writes to standard error in a format, "text" or "json",
// and what it writes with, which counts its warnings.
func Open(format string, level slog.Level) (*slog.Logger, *Writer) {
	out := NewWriter(2, LinePrefix(format))
	return slog.New(Counting{New(out, format, level).Handler(), &out.Warnings}), out
}

// Write queues one line. It never blocks and never fails.
func (w *Writer) Write(line []byte) (int, error) {
	w.start.Do(func() {
		w.started.Store(true)
		go w.run()
	})
	select {
	case w.queue <- entry{line: slices.Concat([]byte(w.prefix), line)}:
	default:
		w.Dropped.Add(1)
	}
	return len(line), nil
}

// Flush waits until what was queued is written, d at most.
func (w *Writer) Flush(d time.Duration) {
	if !w.started.Load() {
		return
	}
	limit := time.After(d)
	written := make(chan struct{})
	select {
	case w.queue <- entry{written: written}:
	case <-limit:
		return
	}
	select {
	case <-written:
	case <-limit:
	}
}

func (w *Writer) run() {
	for e := range w.queue {
		if e.written != nil {
			close(e.written)
		} else if !writeAll(w.fd, e.line) {
			w.Dropped.Add(1)
		}
	}
}

// writeAll reports whether everything was written. A descriptor that somebody
// made non-blocking is waited for.
func writeAll(fd int, b []byte) bool {
	for len(b) > 0 {
		n, err := unix.Write(fd, b)
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			_, _ = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, -1)
		case err != nil:
			return false
		default:
			b = b[n:]
		}
	}
	return true
}

// Counting counts what is logged as a warning or an error, at any level of
// logging: a container whose standard error nobody keeps still has the metric.
type Counting struct {
	slog.Handler
	Warnings *warnings
}

func (c Counting) WithAttrs(attrs []slog.Attr) slog.Handler {
	return Counting{c.Handler.WithAttrs(attrs), c.Warnings}
}

func (c Counting) Enabled(_ context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn || c.Handler.Enabled(context.Background(), l)
}

func (c Counting) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelWarn {
		c.Warnings.count(r.Message)
	}
	if !c.Handler.Enabled(ctx, r.Level) {
		return nil
	}
	return c.Handler.Handle(ctx, r)
}

// FlushPatience is how long the exit waits for a standard error that does not
// take the last lines.
const FlushPatience = 200 * time.Millisecond
