package probe

import "sync"

// A flight runs one call at a time, however many ask for it: who asks while a
// call is under way shares its answer. A check that hangs therefore costs one
// goroutine and one connection, whether one probe waits for it or ten thousand.
// The zero value is ready to use.
type flight[T any] struct {
	mu       sync.Mutex
	underway *call[T]
}

// A call is one run. Its answer may be read once done is closed.
type call[T any] struct {
	done   chan struct{}
	answer T
}

// join returns the call under way, or starts run in a goroutine of its own, so
// that the first asker's leaving does not take the answer from the others.
//
// run must end by itself, and must not panic: nothing above it recovers, and
// drainit may be PID 1.
func (f *flight[T]) join(run func() T) *call[T] {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.underway != nil {
		return f.underway
	}
	c := &call[T]{done: make(chan struct{})}
	f.underway = c
	go func() {
		c.answer = run()
		f.mu.Lock()
		f.underway = nil
		f.mu.Unlock()
		close(c.done)
	}()
	return c
}
