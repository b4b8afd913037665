package config

import "strings"

// Nearest returns the word that was most likely meant, "" if none is near: the
// one with the fewest slips of the finger, or the only one that word is a part
// of.
func Nearest(word string, words []string) string {
	best, least := "", (len(word)+2)/3+1
	var around []string
	for _, w := range words {
		if n := slips(word, w); n < least {
			best, least = w, n
		}
		if strings.Contains(w, word) {
			around = append(around, w)
		}
	}
	if best == "" && len(word) > 2 && len(around) == 1 {
		return around[0]
	}
	return best
}

// slips counts the letters added, left out, changed, or swapped with their
// neighbour that lie between a and b (optimal string alignment distance).
func slips(a, b string) int {
	var older []int
	old := make([]int, len(b)+1)
	for j := range old {
		old[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(old[j]+1, row[j-1]+1, old[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
		older, old = old, row
	}
	return old[len(b)]
}
