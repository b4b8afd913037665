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

// codes are the statuses the handler sends. Those net/http sends by itself to
// what is not HTTP (400, 431, 505) are not counted.
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

// each calls f for every pair that was sent at least once.
func (t *tally) each(f func(e endpoint, code int, n uint64)) {
	for e := range t {
		for i, code := range codes {
			if n := t[e][i].Load(); n > 0 {
				f(endpoint(e), code, n)
			}
		}
	}
}
