package proc

import (
	"os"
	"runtime"
	"testing"
)

// A thread is one that the limit counts.
func TestThreadsOf(t *testing.T) {
	for range 3 {
		thread := make(chan bool)
		done := make(chan bool)
		defer close(done)
		go func() {
			runtime.LockOSThread()
			close(thread)
			<-done
		}()
		<-thread
	}
	tasks := func() int {
		entries, err := os.ReadDir("/proc/self/task")
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	before := tasks()
	got := threadsOf(os.Getpid(), os.Getuid())
	if after := tasks(); got < before || got > after || before < 4 {
		t.Errorf("threadsOf(self) = %d, want %d to %d, and 4 at least", got, before, after)
	}
	if got := threadsOf(os.Getpid(), os.Getuid()+1); got != 0 {
		t.Errorf("threadsOf(self) for another user = %d, want 0", got)
	}
	if got := threadsOf(1<<30, os.Getuid()); got != 0 {
		t.Errorf("threadsOf(nobody) = %d, want 0", got)
	}
}
