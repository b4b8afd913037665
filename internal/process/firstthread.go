package process

// FirstThread is the thread that has forked the child. What only that thread may
// do is done there: a tracee can be let go only by the thread that became its
// tracer, which is the one that forked it, or the first of the process where it
// was adopted (ptrace(2)).
type FirstThread chan func()

// Do has f done there, and does not wait for it. f must not wait for the caller.
func (t FirstThread) Do(f func()) { t <- f }

// Serve does what is wanted, until the process exits. It must be called on the first
// thread. Nothing else may need that one: a fork holds it until the new process has
// executed its file.
func (t FirstThread) Serve() int {
	for {
		(<-t)()
	}
}
