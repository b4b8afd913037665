package ctl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"syscall"
	"time"

	"drainit/internal/probe"
)

// askLimit bounds a question, from connecting to the end of the answer.
const askLimit = 2 * time.Second

// errNobody says that nothing answers where drainit's probes should be.
type errNobody struct {
	addr string
	err  error
}

func (e errNobody) Error() string { return fmt.Sprintf("nothing answers on %s: %v", e.addr, e.err) }

// ask asks the drainit at the target, and believes no other: containers of a pod
// share a network namespace, and so each other's loopback addresses.
func (c call) ask(to probeTarget, path string) (probe.Answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), askLimit)
	defer cancel()
	var first error
	for _, addr := range loopbacks(to.addr) {
		answer, err := probe.Fetch(ctx, addr, path)
		if err == nil {
			return c.believe(addr, to, answer)
		}
		if first == nil {
			first = unanswered(addr, to, plainly(ctx, err))
		}
	}
	return probe.Answer{}, first
}

// unanswered tells nobody from somebody who does not speak HTTP.
func unanswered(addr string, to probeTarget, err error) error {
	var errno syscall.Errno
	if errors.As(err, &errno) || errors.Is(err, errLate) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errNobody{addr, err}
	}
	return fmt.Errorf("something else than drainit answers on %s (%s): %w", addr, to.from, err)
}

// believe returns the answer if it is from the drainit of this container.
func (c call) believe(addr string, to probeTarget, answer probe.Answer) (probe.Answer, error) {
	own := strconv.FormatUint(c.around.pidNamespace, 10)
	switch h := answer.Header; {
	case h.Get(probe.HeaderVersion) == "":
		return probe.Answer{}, fmt.Errorf("something else than drainit answers on %s (%s)", addr, to.from)
	case c.around.pidNamespace != 0 && h.Get(probe.HeaderPIDNamespace) != own:
		return probe.Answer{}, fmt.Errorf("the reply on %s is another container's (they share a network namespace): give each its own --probe-addr", addr)
	case to.pid != 0 && h.Get(probe.HeaderPID) != strconv.Itoa(to.pid):
		return probe.Answer{}, fmt.Errorf("the reply on %s is that of PID %s, but drainit here is PID %d: give each its own --probe-addr", addr, h.Get(probe.HeaderPID), to.pid)
	}
	return answer, nil
}

// errLate says that the limit was hit.
var errLate = fmt.Errorf("no answer within %v", askLimit)

// plainly returns an error without the address, which has been said.
func plainly(ctx context.Context, err error) error {
	var errno syscall.Errno
	switch {
	case ctx.Err() != nil || errors.Is(err, os.ErrDeadlineExceeded): // of the connection, which may come first
		return errLate
	case errors.As(err, &errno):
		return errno
	}
	return err
}
