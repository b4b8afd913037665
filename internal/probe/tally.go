package probe

import "sync/atomic"

// endpoint is what was asked for, as far as counting goes: one value for each
// path served and one for all others, so that a scanner cannot make labels.
type endpoint int

const (
	endpointReadyz endpoint = iota
	endpointLivez
	endpointDrain
	endpointMetrics
	endpointIndex
	endpointOther
	endpointCount
)

// String returns the endpoint's label.
func (e endpoint) String() string {
	return [endpointCount]string{"readyz", "livez", "drain", "metrics", "index", "other"}[e]
}

// endpointOf returns the endpoint a path belongs to. Paths are exact.
func endpointOf(path string) endpoint {
	switch path {
	case "/readyz":
		return endpointReadyz
	case "/livez":
		return endpointLivez
	case "/drain":
		return endpointDrain
	case "/metrics":
		return endpointMetrics
	case "/":
		return endpointIndex
	}
	return endpointOther
}

// codes are the statuses that are counted. Those net/http sends by itself to what
// is no request (400, 431, 505) are not.
var codes = [...]int{200, 404, 405, 500, 503}

// tally counts replies by endpoint and status. The zero value is ready to use.
type tally [endpointCount][len(codes)]atomic.Uint64

// count adds one reply.
func (t *tally) count(e endpoint, code int) {
	for i, c := range codes {
		if c == code {
			t[e][i].Add(1)
		}
	}
}

// Counts is replies by endpoint and status.
type Counts [endpointCount][len(codes)]uint64

// counts returns what was counted.
func (t *tally) counts() (c Counts) {
	for e := range t {
		for i := range codes {
			c[e][i] = t[e][i].Load()
		}
	}
	return c
}

// add adds what was counted elsewhere.
func (t *tally) add(c Counts) {
	for e := range t {
		for i := range codes {
			t[e][i].Add(c[e][i])
		}
	}
}

// each calls f for every pair that was sent at least once.
func (c Counts) each(f func(e endpoint, code int, n uint64)) {
	for e := range c {
		for i, code := range codes {
			if n := c[e][i]; n > 0 {
				f(endpoint(e), code, n)
			}
		}
	}
}

// probed reports whether readiness was asked for and answered.
func (c Counts) probed() bool {
	ready := false
	c.each(func(e endpoint, code int, _ uint64) {
		ready = ready || e == endpointReadyz && (code == 200 || code == 503)
	})
	return ready
}
