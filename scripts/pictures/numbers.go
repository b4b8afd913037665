package main

import (
	"fmt"
	"strconv"
	"strings"
)

// numbersOf are the tables of docs/proof/propagation.md: what the pictures show.
func numbersOf(all []simulated, dots []measurement, clean [][]float64) string {
	var b strings.Builder
	for _, s := range all {
		fmt.Fprintf(&b, "\n%s:\n\n| hold set to | fixed: paid, lost, none lost | `--front` | range from 1 s |\n|---|---|---|---|\n", s.head)
		for _, seconds := range s.told {
			fmt.Fprintf(&b, "| %d s |", seconds)
			for _, p := range policyNames {
				at := s.curves[p.policy][seconds/s.step]
				fmt.Fprintf(&b, " %.1f s, %s, %.0f %% |", at.Paid, lostText(at.Lost), 100*at.Clean)
			}
			b.WriteString("\n")
		}
	}
	b.WriteString("\nMeasured, as a stop at the simulation's rate:\n\n| what | hold | lost in a stop | simulated |\n|---|---|---|---|\n")
	for _, d := range dots {
		fmt.Fprintf(&b, "| %s | %g s | %s | %s |\n", d.what, d.paid, lostText(d.lost), lostText(simulatedAt(all[len(all)-1], d)))
	}
	b.WriteString("\nStops after whose hold nothing comes any more, routers that watch:\n\n| nodes | 5 s | 10 s | 30 s | 60 s | 80 s |\n|---|---|---|---|---|---|\n")
	for i, n := range nodeCounts {
		fmt.Fprintf(&b, "| %d |", n)
		for _, hold := range []int{5, 10, 30, 60, 80} {
			fmt.Fprintf(&b, " %.0f %% |", 100*clean[i][hold])
		}
		b.WriteString("\n")
	}
	return b.String()
}

// lostText writes a number of requests, to a hundredth where there are few.
func lostText(n float64) string {
	if n < 10 {
		return strconv.FormatFloat(n, 'f', 2, 64)
	}
	return strconv.FormatFloat(n, 'f', 0, 64)
}

// simulatedAt is what the simulation says of a measurement.
func simulatedAt(s simulated, d measurement) float64 {
	for _, p := range policyNames {
		if p.class == d.class {
			return s.curves[p.policy][int(d.paid)/s.step].Lost
		}
	}
	return 0
}
