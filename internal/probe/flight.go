package probe

import (
	"slices"
	"sync"
)

// A flight runs one call at a time, however many ask for it: who asks while a
// call is under way shares its answer. A check that hangs therefore costs one
// goroutine and one connection, whether one probe waits for it or ten thousand.
// The zero value is ready to use.
type flight[T any] struct {
	fly func() // once, kept, so that to start it makes no garbage

	mu       sync.Mutex
	underway asker[T]     // nil: none is
	waiting  []*waiter[T] // for its answer
}

// An asker is what a flight runs. It must end by itself, and must not panic: nothing
// above it recovers, and drainit may be PID 1.
type asker[T any] interface{ ask() T }

// A waiter waits for one answer at a time. Its answer may be read once done has told.
type waiter[T any] struct {
	done   chan struct{} // of one
	answer T
}

func newWaiter[T any]() *waiter[T] { return &waiter[T]{done: make(chan struct{}, 1)} }

// join has w wait for the answer of the call under way, or starts one in a goroutine
// of its own, so that the first asker's leaving does not take the answer from the
// others. w waits until done has told or it has left.
func (f *flight[T]) join(w *waiter[T], whom asker[T]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waiting = append(f.waiting, w)
	if f.underway != nil {
		return
	}
	f.underway = whom
	if f.fly == nil {
		f.fly = f.once
	}
	go f.fly()
}

// leave has w wait no more, and reports whether it has its answer after all.
func (f *flight[T]) leave(w *waiter[T]) (answered bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.Index(f.waiting, w)
	if i < 0 {
		<-w.done
		return true
	}
	f.waiting = slices.Delete(f.waiting, i, i+1)
	return false
}

func (f *flight[T]) once() {
	answer := f.underway.ask()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.underway = nil
	for _, w := range f.waiting {
		w.answer = answer
		w.done <- struct{}{}
	}
	clear(f.waiting)
	f.waiting = f.waiting[:0]
}
