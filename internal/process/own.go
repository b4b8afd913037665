package process

import (
	"slices"
	"sync"
	"time"
)

// startPatience is how long who asks about them waits for one that is being started.
// It may have to be read from a disk that hangs, and signals must not wait for that.
const startPatience = 50 * time.Millisecond

// Own is the processes of drainit's own: helpers, which are nothing of the
// program's. A nil one has none.
type Own struct {
	mu       sync.Mutex
	Pids     map[int]bool
	starting chan struct{} // closed once it is known; nil: none is being started
	began    time.Time     // its start
	early    map[int]bool  // were reaped meanwhile: it may have been the one
}

// NewOwn returns one that has no processes yet.
func NewOwn() *Own { return &Own{Pids: map[int]bool{}} }

// Fork starts one. Who asks meanwhile waits until it is known, for startPatience at the
// most.
func (o *Own) Fork(start func() (pid int, err error)) error {
	o.mu.Lock()
	known := make(chan struct{})
	o.starting, o.began, o.early = known, time.Now(), map[int]bool{}
	o.mu.Unlock()
	pid, err := start()
	o.mu.Lock()
	defer o.mu.Unlock()
	if err == nil && !o.early[pid] {
		o.Pids[pid] = true
	}
	o.starting = nil
	close(known)
	return err
}

// lock locks mu once it is known who there is.
func (o *Own) lock() {
	o.mu.Lock()
	if starting := o.starting; starting != nil {
		patience := time.Until(o.began.Add(startPatience))
		o.mu.Unlock()
		select {
		case <-starting:
		case <-time.After(patience):
		}
		o.mu.Lock()
	}
}

// Reaped is told of the end of a process, and reports whether it was one of these.
func (o *Own) Reaped(pid int) bool {
	if o == nil {
		return false
	}
	o.lock()
	defer o.mu.Unlock()
	was := o.Pids[pid]
	delete(o.Pids, pid)
	if o.starting != nil {
		o.early[pid] = true
	}
	return was
}

// Without leaves them out of a list.
func (o *Own) Without(pids []int) []int {
	if o == nil {
		return pids
	}
	o.lock()
	defer o.mu.Unlock()
	if len(o.Pids) == 0 {
		return pids
	}
	return slices.DeleteFunc(slices.Clone(pids), func(pid int) bool { return o.Pids[pid] })
}

// Count is how many there are.
func (o *Own) Count() int {
	if o == nil {
		return 0
	}
	o.lock()
	defer o.mu.Unlock()
	return len(o.Pids)
}
