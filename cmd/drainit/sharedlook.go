package main

import "sync"

// sharedLook has those who ask at the same time share one look, however many
// they are: each would occupy a thread now and then.
type sharedLook[T any] struct {
	look func() T

	mu       sync.Mutex
	underway *lookUnderway[T]
}

// lookUnderway is one look. It may be read once done is closed.
type lookUnderway[T any] struct {
	seen T
	done chan struct{}
}

// get looks, or waits for the look that somebody else began.
func (s *sharedLook[T]) get() T {
	s.mu.Lock()
	if l := s.underway; l != nil {
		s.mu.Unlock()
		<-l.done
		return l.seen
	}
	l := &lookUnderway[T]{done: make(chan struct{})}
	s.underway = l
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.underway = nil
		s.mu.Unlock()
		close(l.done)
	}()
	l.seen = s.look()
	return l.seen
}
