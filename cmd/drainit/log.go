package main

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// logQueue is how many lines may wait for a standard error that does not take them.
const logQueue = 256

// logWriter writes lines to a descriptor from a goroutine of its own, so that a
// full pipe delays nobody and a closed one ends nothing. What does not fit in
// the queue is dropped and counted.
//
// It writes with write(2) itself: os.File would raise a fatal SIGPIPE for
// descriptors 1 and 2, and would want O_NONBLOCK set on a file description that
// the child shares.
type logWriter struct {
	fd      int
	prefix  string
	start   sync.Once
	started atomic.Bool
	queue   chan logEntry
	dropped atomic.Int64

	warnings atomic.Int64 // see counting
}

// logEntry is a line, or a request to say when all before it were written.
type logEntry struct {
	line    []byte
	written chan struct{}
}

func newLogWriter(fd int, prefix string) *logWriter {
	return &logWriter{fd: fd, prefix: prefix, queue: make(chan logEntry, logQueue)}
}

// Write queues one line. It never blocks and never fails.
func (w *logWriter) Write(line []byte) (int, error) {
	w.start.Do(func() {
		w.started.Store(true)
		go w.run()
	})
	select {
	case w.queue <- logEntry{line: slices.Concat([]byte(w.prefix), line)}:
	default:
		w.dropped.Add(1)
	}
	return len(line), nil
}

// flush waits until what was queued is written, d at most.
func (w *logWriter) flush(d time.Duration) {
	if !w.started.Load() {
		return
	}
	limit := time.After(d)
	written := make(chan struct{})
	select {
	case w.queue <- logEntry{written: written}:
	case <-limit:
		return
	}
	select {
	case <-written:
	case <-limit:
	}
}

func (w *logWriter) run() {
	for e := range w.queue {
		if e.written != nil {
			close(e.written)
		} else if !writeAll(w.fd, e.line) {
			w.dropped.Add(1)
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

// counting counts what is logged as a warning or an error, at any level of
// logging: a container whose standard error nobody keeps still has the metric.
type counting struct {
	slog.Handler
	warnings *atomic.Int64
}

func (c counting) WithAttrs(attrs []slog.Attr) slog.Handler {
	return counting{c.Handler.WithAttrs(attrs), c.warnings}
}

func (c counting) Enabled(_ context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn || c.Handler.Enabled(context.Background(), l)
}

func (c counting) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelWarn {
		c.warnings.Add(1)
	}
	if !c.Handler.Enabled(ctx, r.Level) {
		return nil
	}
	return c.Handler.Handle(ctx, r)
}

// newLogger returns the logger of the format, "text" or "json". Durations are
// written as Go writes them, in both.
func newLogger(w io.Writer, format string, level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Value.Kind() == slog.KindDuration {
			a.Value = slog.StringValue(a.Value.Duration().Round(time.Millisecond).String())
		}
		return a
	}}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, options).WithAttrs([]slog.Attr{slog.String("logger", "drainit")}))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
