package main

import (
	"math"
	"time"
)

// sure is the confidence with which a bound is said.
const sure = 0.95

// covered is which share of all rollouts lags no longer than the longest of n, with the
// confidence sure: a tolerance bound by order statistics, whatever the distribution. All n
// lie below the quantile q with a probability of q^n, so that the longest is at least that
// quantile with one of 1 - q^n.
func covered(n int) float64 { return math.Pow(1-sure, 1/float64(n)) }

// needed is how many rollouts it takes for the longest of them to cover a share.
func needed(share float64) int { return int(math.Ceil(math.Log(1-sure) / math.Log(share))) }

// roundUp writes a hold as people do: in halves of a second, never less.
func roundUp(d time.Duration) time.Duration {
	const half = 500 * time.Millisecond
	return (d + half - 1).Truncate(half)
}
