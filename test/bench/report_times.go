package main

import (
	"fmt"
	"time"
)

func (r *report) startSection() section {
	return section{
		title: "Start and exit",
		how: []string{
			fmt.Sprintf(`Start-up: from the exec of the init to the first instruction of the program's main. The program is
			the same for all, small and static, and written in Go; by itself it takes %s, which is subtracted. %d rounds.`,
				micros(alone(r.lives, life.startTime)), r.rounds),
			fmt.Sprintf(`Exit: from the program's end to the init's, as its parent sees it, the init having been left alone
			for %s before. By itself the program takes %s.`, settle, micros(alone(r.lives, life.exitTime))),
		},
		heads: r.heads(),
		rows: [][]string{
			r.row("start-up", times(r, r.lives, life.startTime)),
			r.row("exit", times(r, r.lives, life.exitTime)),
		},
	}
}

func (r *report) signalSection() section {
	return section{
		title: "Signals",
		how: []string{
			fmt.Sprintf(`Forwarded: from kill(2) of the init with SIGUSR1 to the line after it in the program, which catches it;
			the median of %d signals %s apart. By itself the program takes %s. %d rounds.`,
				signalsATurn, betweenSignals, micros(alone(r.signals, signalled.handledTime)), r.signalRounds()),
			fmt.Sprintf(`Stop: from kill(2) of the init with SIGTERM to its end, as its parent sees it, the program ending at once.
			No settings, so that drainit holds nothing. By itself the program takes %s.`,
				micros(alone(r.signals, signalled.stoppedTime))),
		},
		heads: r.heads(),
		rows: [][]string{
			r.row("SIGUSR1 forwarded", times(r, r.signals, signalled.handledTime)),
			r.row("stop", times(r, r.signals, signalled.stoppedTime)),
		},
	}
}

func (r *report) orphanSection() section {
	n := r.orphansATurn()
	return section{
		title: "Orphans",
		how: []string{
			fmt.Sprintf(`A program makes %d orphans in each of %d turns, a hundred at a time: they lose their parent, end one by
			one, and the next hundred come when the last has been reaped. Given is what an orphan takes.`, n, blocks),
			`CPU: of the init, in user and kernel mode. Wall: of all, most of which is the making of processes. Nothing is
			subtracted.`,
		},
		heads: r.heads(),
		rows: [][]string{
			r.row("CPU of the init", perOrphan(r, reaping.cpuTime, n)),
			r.row("wall", perOrphan(r, reaping.wallTime, n)),
		},
	}
}

// alone returns the median time that the program takes without an init.
func alone[T any](turns map[contender][]T, of func(T) time.Duration) time.Duration {
	return median(series(turns[none], of))
}

// against compares an init's times with the reference's.
func against[T any](r *report, turns map[contender][]T, of func(T) time.Duration, c contender) ratio {
	own, reference := series(turns[c], of), series(turns[r.inits[0]], of)
	base := series(turns[none], of)
	if base == nil {
		base = make([]time.Duration, len(own))
	}
	return compare(own, reference, base)
}

// times returns the cells of a row of times.
func times[T any](r *report, turns map[contender][]T, of func(T) time.Duration) func(contender) string {
	return func(c contender) string { return against(r, turns, of, c).cell(c == r.inits[0]) }
}

func perOrphan(r *report, of func(reaping) time.Duration, n int) func(contender) string {
	return func(c contender) string {
		x := against(r, r.reaps, of, c)
		x.extra /= time.Duration(n)
		return x.cell(c == r.inits[0])
	}
}

// cell writes a ratio with its range and the time; that of the reference is 1.
func (x ratio) cell(reference bool) string {
	if reference {
		return "1, " + micros(x.extra)
	}
	return fmt.Sprintf("%.2f (%.2f to %.2f), %s", x.value, x.low, x.high, micros(x.extra))
}

// micros writes a duration in microseconds, with a tenth if it is under ten.
func micros(d time.Duration) string {
	if d < 10*time.Microsecond {
		return fmt.Sprintf("%.1f µs", float64(d)/1e3)
	}
	return fmt.Sprintf("%d µs", d.Microseconds())
}
