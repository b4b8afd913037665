package main

import (
	"fmt"
	"time"
)

// behind says where drainit is, by how much, and why as far as it is known; what was not measured, or where it is not
// behind, is left out.
func (r *report) behind() section {
	s := section{title: "Where drainit is behind"}
	for _, reason := range []func() string{
		r.behindInImage, r.behindAtStart, r.behindAtExit, r.behindInSignals, r.behindInOrphans, r.behindInMemory,
		r.behindInThreads, r.behindInRollouts,
	} {
		if text := reason(); text != "" {
			s.how = append(s.how, text)
		}
	}
	return s
}

func (r *report) behindInImage() string {
	own := r.sizes[r.drainit()]
	least := 0
	for _, c := range r.inits {
		if s := r.sizes[c]; s.static && c != r.drainit() && (least == 0 || s.layer < least) {
			least = s.layer
		}
	}
	if least == 0 || own.layer <= least {
		return ""
	}
	return fmt.Sprintf(`Image: %s more compressed than the smallest of the others that starts in FROM scratch, %.1f times as
		much. It is a Go program with an HTTP server, TLS and Prometheus' metrics in it; the others are C.`,
		kib((own.layer-least)>>10), float64(own.layer)/float64(least))
}

func (r *report) behindAtStart() string {
	x, by := over(r, r.lives, life.startTime)
	if by <= 0 {
		return ""
	}
	runtime := alone(r.lives, life.startTime)
	return fmt.Sprintf(`Start-up: %s more. Of its %s, %s are for the exec and the start of Go's runtime (what the test program
		takes to its main, in Go as well), %s to initialise its packages (GODEBUG=inittrace=1), %s for all else: the page
		faults of a large file, settings, the threads made in advance, a handshake of the runtime's for each signal it
		receives, the probes' port, and the start of the program.`,
		micros(by), micros(x), micros(runtime), micros(r.packages), micros(max(0, x-runtime-r.packages)))
}

func (r *report) behindAtExit() string {
	_, exit := over(r, r.lives, life.exitTime)
	_, stop := over(r, r.signals, signalled.stoppedTime)
	if exit <= 0 && stop <= 0 {
		return ""
	}
	text := "Exit:"
	if exit > 0 {
		text += fmt.Sprintf(" %s more;", micros(exit))
	}
	if stop > 0 {
		text += fmt.Sprintf(" a stop: %s more;", micros(stop))
	}
	return text + ` SIGCHLD and SIGTERM reach the thread that waits by way of several others of Go's runtime, a stop is logged
		and its last facts are looked up, and the kernel has more threads and memory to take down.`
}

func (r *report) behindInSignals() string {
	_, by := over(r, r.signals, signalled.handledTime)
	if by <= 0 {
		return ""
	}
	return fmt.Sprintf(`A signal forwarded: %s more, by way of several threads; for SIGUSR1 drainit looks into /proc whether
		the program catches it, since it is a stop request where it does not.`, micros(by))
}

func (r *report) behindInOrphans() string {
	_, by := over(r, r.reaps, reaping.cpuTime)
	if by <= 0 {
		return ""
	}
	return fmt.Sprintf(`Orphans: %s more CPU for each, again for the way of SIGCHLD through the runtime.`,
		micros(by/time.Duration(r.orphansATurn())))
}

func (r *report) behindInMemory() string {
	if r.charges == nil || r.charges.missing != "" {
		return ""
	}
	own, reference := r.charges.idle[r.drainit()], r.charges.idle[r.inits[0]]
	if own.total() <= reference.total() {
		return ""
	}
	text := fmt.Sprintf(`Memory: %s more charged at idle, of which %s anonymous (the heap and stacks of Go's runtime) and %s the
		kernel's (the stacks of its threads and page tables)`, kib(own.total()-reference.total()),
		kib(own.anonymous-reference.anonymous), kib(own.kernel-reference.kernel))
	most := 0
	for _, x := range r.charges.scraped {
		most = max(most, x.total())
	}
	if most > own.total() {
		text += fmt.Sprintf("; up to %s in all once it is scraped", kib(most))
	}
	return text + "."
}

func (r *report) behindInThreads() string {
	own, reference := r.idles[r.drainit()], r.idles[r.inits[0]]
	if own.threads <= reference.threads {
		return ""
	}
	return fmt.Sprintf(`Threads: %d to %d. Most are made before the program starts, so that none is wanting where the program uses
		up the container's limit of processes ([design](../design.md#choices-and-why)).`, own.threads, reference.threads)
}

func (r *report) behindInRollouts() string {
	if r.rollouts == nil {
		return ""
	}
	first, last := r.rollouts[0], r.rollouts[len(r.rollouts)-1]
	return fmt.Sprintf(`A rollout takes %s s to %s s: the hold is spent at every stop, as a sleep would be.`, last.seconds, first.seconds)
}

// over returns drainit's time over none and over the reference, 0 if it was not measured.
func over[T any](r *report, turns map[contender][]T, of func(T) time.Duration) (own, by time.Duration) {
	if turns == nil {
		return 0, 0
	}
	own = against(r, turns, of, r.drainit()).extra
	return own, own - against(r, turns, of, r.inits[0]).extra
}

// kib writes a number of KiB, in MiB if there are many.
func kib(n int) string {
	if n >= 1024 {
		return fmt.Sprintf("%.1f MiB", float64(n)/1024)
	}
	return fmt.Sprintf("%d KiB", n)
}
