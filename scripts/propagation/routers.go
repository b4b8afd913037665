// Package propagation simulates how routes follow a stop, node by node, and what each way
// to hold then loses and costs. The ways are internal/drain's own, run by a clock of the
// simulation's. It decides nothing about pictures.
package propagation

import (
	"math"
	"math/rand/v2"
)

// Routers is how long each node's router goes on sending to an instance after the stop
// request, in seconds. Nodes do not depend on each other.
type Routers struct {
	Nodes int
	Lag   func(*rand.Rand) float64
}

// The published figures, each as the manual's table has it. docs/proof/propagation.md says
// what is taken from which.
const (
	watchMedian = 1.0  // kubernetes/ingress-nginx#3335: about 1 s
	watchMost   = 5.0  // openshift/router#94: "fast, 5 s or so", of 99 nodes in 100
	illMedian   = 30.0 // openshift/cluster-kube-apiserver-operator#801: 30 s
	illMost     = 70.0 // and once 70 s, of 99 in 100
	illShare    = 1e-3 // nobody has published it
	pollLeast   = 40.0 // kubernetes/ingress-gce#2222: 40 s
	pollMost    = 60.0 // to a minute
)

// z99 is the quantile of the normal distribution below which 99 in 100 are.
const z99 = 2.326

// logNormal returns lags with a median, of which 99 in 100 are below most.
func logNormal(r *rand.Rand, median, most float64) float64 {
	sigma := math.Log(most/median) / z99
	return median * math.Exp(float64(sigma*r.NormFloat64()))
}

// Watch are routers that watch for changes, as kube-proxy does, some in trouble.
func Watch(nodes int) Routers {
	return Routers{nodes, func(r *rand.Rand) float64 {
		if r.Float64() < illShare {
			return logNormal(r, illMedian, illMost)
		}
		return logNormal(r, watchMedian, watchMost)
	}}
}

// Poll are routers that find out when they ask next.
func Poll(nodes int) Routers {
	return Routers{nodes, func(r *rand.Rand) float64 { return between(r, pollLeast, pollMost) }}
}

// One is a single router that follows within a time that was measured.
func One(least, most float64) Routers {
	return Routers{1, func(r *rand.Rand) float64 { return between(r, least, most) }}
}

func between(r *rand.Rand, least, most float64) float64 {
	return least + float64((most-least)*r.Float64())
}

// Rate is how many requests a second come to the instance before its stop, all nodes
// together, each on a connection of its own.
const Rate = 50

// Arrivals are when requests come after a stop request, in seconds: a Poisson process of
// which each node has its share, until it follows.
func (n Routers) Arrivals(r *rand.Rand) []float64 {
	lags, longest := make([]float64, n.Nodes), 0.0
	for i := range lags {
		lags[i] = n.Lag(r)
		longest = max(longest, lags[i])
	}
	var at []float64
	for t := r.ExpFloat64() / Rate; t < longest; t += r.ExpFloat64() / Rate {
		if t < lags[r.IntN(n.Nodes)] {
			at = append(at, t)
		}
	}
	return at
}
