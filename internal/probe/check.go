package probe

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"
)

const (
	// checkLimit bounds one check, from its start. kubelet gives a probe 1 s
	// unless told otherwise (timeoutSeconds); an answer that says what hangs
	// must arrive before that, or the operator sees only "context deadline
	// exceeded".
	checkLimit = 800 * time.Millisecond
)

// A Check asks the program one question over the network: does it answer this
// URL, does its gRPC health service say that it serves, or does it accept a
// connection. It may be run by any number of
// goroutines at once; they share one connection.
type Check struct {
	callee
	asks  flight[error]
	plain *plain // nil: it is not asked so
}

// ParseCheck reads the URL of a check: http://, https://, tcp:// or grpc://, whose
// path is the service. The port of the first two may be left out. The error says what is wrong and what would
// be right; it does not repeat the URL, which the caller has and which may hold
// a password.
func ParseCheck(s string) (*Check, error) {
	to, err := parseCallee(s, "http", "https", "tcp", "grpc")
	if err != nil {
		return nil, err
	}
	return &Check{callee: to, plain: newPlain(to)}, nil
}

// Run asks, or waits for the answer being waited for already, and returns nil
// if it was good: a status of 200 to 399, for grpc SERVING, for tcp a connection. It returns
// within 800 ms, and at once when ctx is done. A redirect is good and is not
// followed, so that no answer of the program can make drainit connect
// elsewhere.
func (c *Check) Run(ctx context.Context) error {
	w := newWaiter[error]()
	if !c.run(w, ctx.Done(), nil) {
		return fmt.Errorf("%s: %w", c.shown, ctx.Err())
	}
	return w.answer
}

// run is Run for who has a waiter, until one of the channels tells. It reports whether
// there is an answer.
func (c *Check) run(w *waiter[error], done <-chan struct{}, late <-chan time.Time) (answered bool) {
	c.asks.join(w, c)
	select {
	case <-w.done:
		return true
	case <-done:
	case <-late:
	}
	return c.asks.leave(w)
}

// ask runs the check once. Its limit is its own and not an asker's: others may
// have joined.
func (c *Check) ask() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: panic: %v", c.shown, p)
		}
	}()
	if c.plain != nil {
		if able, err := c.plain.ask(); able {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), checkLimit)
	defer cancel()
	return c.talk(ctx, checkLimit, c.converse)
}

// converse returns nil if what answers on conn is well. For tcp it is, having
// accepted.
//
// A certificate is not verified, as with kubelet's own HTTPS probes ("the
// kubelet sends an HTTPS request skipping the certificate verification",
// Kubernetes docs, "Configure Liveness, Readiness and Startup Probes"): it is
// the program's, for its public name, asked on a loopback address.
func (c *Check) converse(conn net.Conn) error {
	switch c.url.Scheme {
	case "http":
		return c.get(conn)
	case "https":
		return c.get(tls.Client(conn, &tls.Config{ServerName: c.url.Hostname(), InsecureSkipVerify: true}))
	case "grpc":
		return c.health(conn)
	}
	return nil
}

// get sends one GET. A reply that does not end in time is not good, whatever
// its status, as for kubelet.
func (c *Check) get(conn net.Conn) error {
	return c.request(conn, "GET", "", goodStatus)
}

func isGood(status int) bool { return 200 <= status && status <= 399 }

func goodStatus(status int) error {
	if !isGood(status) {
		return fmt.Errorf("status %d", status)
	}
	return nil
}
