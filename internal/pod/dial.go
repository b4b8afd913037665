package pod

import (
	"context"
	"errors"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// dial connects to the drainit of a name. Nobody listens there: ECONNREFUSED.
// Somebody does, but takes no more connections for now: EAGAIN.
func dial(ctx context.Context, podID, name string) (*net.UnixConn, error) {
	c, err := new(net.Dialer).DialContext(ctx, "unix", address(podID, name))
	if err != nil {
		return nil, err
	}
	return c.(*net.UnixConn), nil
}

// isBusy reports whether somebody listens who takes no more connections.
func isBusy(err error) bool { return errors.Is(err, unix.EAGAIN) }

// isRefused reports whether nobody listens.
func isRefused(err error) bool { return errors.Is(err, unix.ECONNREFUSED) }

// backOff are the pauses between attempts that must not become a busy loop.
type backOff time.Duration

const (
	leastPause = 10 * time.Millisecond
	mostPause  = time.Second
)

// wait waits for the next pause, a longer one each time, or until hurry comes,
// and reports whether to go on.
func (b *backOff) wait(ctx context.Context, hurry <-chan struct{}) bool {
	*b = min(max(2**b, backOff(leastPause)), backOff(mostPause))
	t := time.NewTimer(time.Duration(*b))
	defer t.Stop()
	select {
	case <-t.C:
	case <-hurry:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}
