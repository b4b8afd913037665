// Package share has those who ask at the same time share one answer.
package share

import "sync"

// Look has those who ask at the same time share one look, however many
// they are: each would occupy a thread now and then.
type Look[T any] struct {
	Look func() T

	mu       sync.Mutex
	underway *underway[T]
}

// underway is one look. It may be read once done is closed.
type underway[T any] struct {
	seen T
	done chan struct{}
}

// Get looks, or waits for the look that somebody else began.
func (s *Look[T]) Get() T {
	s.mu.Lock()
	if l := s.underway; l != nil {
		s.mu.Unlock()
		<-l.done
		return l.seen
	}
	l := &underway[T]{done: make(chan struct{})}
	s.underway = l
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.underway = nil
		s.mu.Unlock()
		close(l.done)
	}()
	l.seen = s.Look()
	return l.seen
}
