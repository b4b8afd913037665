package front

// A Front serves routes. Its methods may be called at any time, by any
// goroutine; each is harmless when repeated.
type Front struct {
	cfg Config
}

// New returns a front that serves nothing yet. It takes the listeners over.
func New(cfg Config) *Front { return &Front{cfg: cfg} }

// Serve starts to serve all routes and returns at once. A listener that fails
// is logged, and the others go on.
func (f *Front) Serve() {}

// Drain makes every response from now on say Connection: close, so that clients
// leave of themselves. Everything is still served, new connections too.
func (f *Front) Drain() {}

// Close closes the listeners, and the connections on which nothing is asked.
// Connections already made in the kernel are served, those in flight go on to
// their end. It returns within a second.
func (f *Front) Close() {}

// Cut ends all that is still open, at both ends, and returns how many requests
// and tunnels that were. Close comes first.
func (f *Front) Cut() int { return 0 }

// Stats returns what was done and what is open. It costs a few atomic loads.
func (f *Front) Stats() Stats { return Stats{} }
