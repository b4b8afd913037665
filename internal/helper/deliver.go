package helper

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/process"
	"drainit/internal/report"
)

// delivery is what a helper is told to send, and where to.
type delivery struct {
	Report string   // JSON
	Sinks  []string // as they were given
	Until  time.Time
}

// delivered is what became of it at one of them.
type delivered struct {
	Sink  int
	Error string `json:",omitempty"`
}

// lastWords is how long before the end a helper gives up, to say so, and sureEnd how
// long before it is killed if it has not.
const (
	lastWords = 60 * time.Millisecond
	sureEnd   = 30 * time.Millisecond
)

// Deliver has a helper send a report to all sinks at once, and tells what became of
// each; the error is that of all others. It returns when the helper has gone, at the
// given instant at the latest but for the start of a process, which may hang.
func (h *Helpers) Deliver(text []byte, sinks []report.Sink, until time.Time, tell func(sink int, err error)) error {
	d := delivery{Report: string(text), Until: until.Add(-lastWords)}
	for _, s := range sinks {
		d.Sinks = append(d.Sinks, s.Text())
	}
	link, pidfd, err := h.begin(order{Delivery: &d}, nil)
	if err != nil {
		return err
	}
	defer link.Close()
	_ = link.SetReadDeadline(until.Add(-sureEnd))
	buf := make([]byte, wordLimit)
	defer end(pidfd, until)
	for range sinks {
		n, err := link.Read(buf)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return report.Late()
		}
		var word word
		if err != nil || json.Unmarshal(buf[:n], &word) != nil || word.Delivered == nil || word.Delivered.Sink >= len(sinks) {
			return errors.New("the process that sends it has ended")
		}
		if said := word.Delivered.Error; said != "" {
			tell(word.Delivered.Sink, errors.New(said))
		} else {
			tell(word.Delivered.Sink, nil)
		}
	}
	return nil
}

// end ends a helper that has no more to say, and waits until it has gone.
func end(pidfd int, until time.Time) {
	if pidfd < 0 {
		return
	}
	defer unix.Close(pidfd)
	_ = unix.PidfdSendSignal(pidfd, unix.SIGKILL, nil, 0)
	_, _ = unix.Poll([]unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}, max(0, int(time.Until(until).Milliseconds())))
}

// deliver is a helper's life with a report: it sends that, says what became of it, and
// ends with its parent at the latest.
func deliver(link net.Conn, d delivery) int {
	go func() {
		_, _ = link.Read(make([]byte, 1)) // nothing comes but the end
		os.Exit(process.ExitFailed)
	}()
	ctx, cancel := context.WithDeadline(context.Background(), d.Until)
	defer cancel()
	over := make(chan delivered, len(d.Sinks))
	for i, text := range d.Sinks {
		go func() {
			said := delivered{Sink: i}
			sink, err := report.Parse(text)
			if err == nil {
				err = sink.Send(ctx, []byte(d.Report))
			}
			if err != nil {
				said.Error = err.Error()
			}
			over <- said
		}()
	}
	for range d.Sinks {
		said := <-over
		_, _ = link.Write(process.Encode(word{Delivered: &said}))
	}
	return 0
}
