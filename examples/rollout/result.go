package main

import (
	"fmt"
	"time"
)

// result is what one rollout showed.
type result struct {
	cell   cell
	counts counts
	took   time.Duration        // from the first new replica's start to the last old one's end
	stops  []time.Duration      // from T0 to exit, for each old replica
	t0     map[string]time.Time // of each stopped replica, by address

	// Of one rollout, and not of sums: when the first replica was started and the
	// load ended, the replicas as they were started, and the changes of the routes.
	began, ended time.Time
	lives        []life
	routed       []change
}

// sums adds up the results of cells that were all played so many times, one time
// after the other. How long a rollout took is the mean.
func sums(results []result, rollouts int) []result {
	if rollouts == 1 {
		return results
	}
	sums := make([]result, len(results)/rollouts)
	for i := range sums {
		sums[i] = result{cell: results[i].cell, t0: map[string]time.Time{}, counts: counts{versions: map[string]int{}}}
	}
	for i, r := range results {
		sums[i%len(sums)].add(r, fmt.Sprintf("%d ", i/len(sums)))
	}
	for i := range sums {
		sums[i].took /= time.Duration(rollouts)
	}
	return sums
}

// add adds a rollout of the same cell. The prefix tells its replicas from those of
// the others, which may have had the same ports.
func (r *result) add(other result, prefix string) {
	for addr, t0 := range other.t0 {
		r.t0[prefix+addr] = t0
	}
	for _, l := range other.counts.losses {
		l.addr = prefix + l.addr
		r.counts.losses = append(r.counts.losses, l)
	}
	for version, answers := range other.counts.versions {
		r.counts.versions[version] += answers
	}
	r.counts.sent += other.counts.sent
	r.counts.late = max(r.counts.late, other.counts.late)
	r.stops = append(r.stops, other.stops...)
	r.took += other.took
}

// meanStop is how long a stop took on average, from T0 to exit.
func (r result) meanStop() time.Duration {
	if len(r.stops) == 0 {
		return 0
	}
	var sum time.Duration
	for _, took := range r.stops {
		sum += took
	}
	return sum / time.Duration(len(r.stops))
}

// window is the time in which requests were lost, from T0 of the replica that
// each was sent to.
type window struct {
	from, to time.Duration
	within   int // losses at replicas that were being stopped, which from and to tell of
	outside  int // losses at replicas that nobody had asked to stop
}

// window finds the first and the last loss.
func (r result) window() window {
	var w window
	for _, l := range r.counts.losses {
		t0, stopped := r.t0[l.addr]
		if !stopped || l.seen.Before(t0) {
			w.outside++
			continue
		}
		after := l.seen.Sub(t0)
		if w.within == 0 || after < w.from {
			w.from = after
		}
		w.to = max(w.to, after)
		w.within++
	}
	return w
}

func (w window) first() string { return w.text(w.from) }
func (w window) last() string  { return w.text(w.to) }

func (w window) text(d time.Duration) string {
	if w.within == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2fs", d.Seconds())
}
