package main

import (
	"fmt"
	"slices"
	"time"
)

// objections says what a single run failed to demonstrate: drainit loses
// nothing, and the bare server does.
func objections(results []result) []string {
	var list []string
	for _, r := range results {
		lost := len(r.counts.losses)
		switch {
		case r.cell.pinned() && r.cell.lane != bare: // it loses those whose connections it ends
		case r.cell.underDrainit() && lost > 0 && !r.cell.covered():
			list = append(list, fmt.Sprintf("%s lost %d requests: it serves for %v after the stop request, and %v are needed; raise -hold",
				r.cell.lane, lost, r.cell.serves(), r.cell.needed()))
		case r.cell.underDrainit() && lost > 0:
			list = append(list, fmt.Sprintf("%s lost %d requests, though its hold of %v covers what is needed, %v", r.cell.lane, lost, r.cell.hold, r.cell.needed()))
		case r.cell.lane == bare && lost == 0 && r.cell.covered():
			list = append(list, "bare lost no request: a server that ignores SIGTERM serves until SIGKILL, and nobody needs a hold")
		case r.cell.lane == bare && lost == 0:
			list = append(list, "bare lost no request: nothing was demonstrated")
		}
	}
	return append(list, unsound(results)...)
}

// surprises says where the results of many cells are not what arithmetic
// expects: a cell loses requests only if it stops serving too early, and then it
// does, unless its clients have left.
func surprises(results []result) []string {
	var list []string
	for _, r := range results {
		lost := len(r.counts.losses)
		if r.cell.covered() && lost > 0 || r.cell.exposed() && lost == 0 {
			list = append(list, fmt.Sprintf("%v: lost %d, but serves for %v after the stop request and %v are needed",
				r.cell, lost, r.cell.serves(), r.cell.needed()))
		}
	}
	return append(list, unsound(results)...)
}

// cures says which settings drainit lost with, and which cured it.
func cures(results []result) []string {
	var list []string
	for _, lost := range results {
		cure := lost.cell.cured()
		i := slices.IndexFunc(results, func(r result) bool { return r.cell == cure })
		if i < 0 || len(lost.counts.losses) == 0 || len(results[i].counts.losses) > 0 {
			continue
		}
		list = append(list, fmt.Sprintf("%v: lost %d with %s, and none with %s",
			lost.cell, len(lost.counts.losses), lost.cell.setting(), cure.setting()))
	}
	return list
}

// unsound says what makes the figures themselves doubtful.
func unsound(results []result) []string {
	var list []string
	for _, r := range results {
		if w := r.window(); w.outside > 0 {
			list = append(list, fmt.Sprintf("%v: %d requests were lost at replicas that were not being stopped", r.cell, w.outside))
		}
	}
	return list
}

// busyLimit is from how late a request on this machine is said to blur figures.
const busyLimit = 250 * time.Millisecond

// punctuality says how well this process kept the instants of its requests.
func punctuality(results []result) string {
	var late time.Duration
	for _, r := range results {
		late = max(late, r.counts.late)
	}
	text := fmt.Sprintf("latest start of a request: %v after its instant", late.Round(100*time.Microsecond))
	if late > busyLimit {
		text += " (a busy machine: the times above are no sharper than that)"
	}
	return text
}
