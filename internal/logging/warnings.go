package logging

import (
	"maps"
	"sync"
)

// warnings counts warnings and errors by their message, which is the reason label
// of a metric: it must be constant, and what varies is an attribute. The zero value
// is ready to use.
type warnings struct {
	mu       sync.Mutex
	byReason map[string]uint64
}

func (w *warnings) count(reason string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.byReason == nil {
		w.byReason = map[string]uint64{}
	}
	w.byReason[reason]++
}

// Counts returns a copy.
func (w *warnings) Counts() map[string]uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.byReason)
}

// Sum returns how many there were in all.
func Sum(counts map[string]uint64) (n uint64) {
	for _, one := range counts {
		n += one
	}
	return n
}
