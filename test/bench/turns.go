package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// blocks is the number of parts a run is cut into, each with results of its own; see ratio.
const blocks = 12

// takeTurns has all contenders take a turn once a round, in an order drawn anew for each round.
func takeTurns[T any](contenders []contender, rounds int, take func(contender) (T, error)) (map[contender][]T, error) {
	turns := map[contender][]T{}
	order := slices.Clone(contenders)
	for range rounds {
		rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, c := range order {
			t, err := take(c)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.name, err)
			}
			turns[c] = append(turns[c], t)
		}
	}
	return turns, nil
}

// series returns one duration of each of a contender's turns, in the order they were taken.
func series[T any](turns []T, of func(T) time.Duration) []time.Duration {
	var s []time.Duration
	for _, t := range turns {
		s = append(s, of(t))
	}
	return s
}
