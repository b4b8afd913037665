package proc

import (
	"bytes"
	"errors"
	"io/fs"
	"math"
	"os"
	"strconv"
	"sync"
)

// ChildPIDs returns the children of a process, zombies included, whichever of
// its threads forked or adopted them: /proc/PID/task/TID/children, proc(5),
// which costs as much as there are children. Where the kernel was built without
// it (CONFIG_PROC_CHILDREN), or is none of Linux's, every process is looked at.
func ChildPIDs(pid int) ([]int, error) {
	return childPIDs(pid, math.MaxInt)
}

// SomeChildren returns at most so many of them. A process can have a hundred
// thousand, and as many threads.
func SomeChildren(pid, most int) ([]int, error) {
	return childPIDs(pid, most)
}

// Adopted returns at most so many children of the first thread of a process: those
// that it forked itself, and all orphans that the process has adopted, which the
// kernel gives to the first thread that lives (find_new_reaper in kernel/exit.c).
// It reads one file, however many threads there are.
func Adopted(pid, most int) ([]int, error) {
	if imitated() {
		return SomeChildren(pid, most)
	}
	b, err := read(path(pid, "task/"+strconv.Itoa(pid)+"/children"), make([]byte, 0, 512), bytesFor(most))
	if err != nil {
		return SomeChildren(pid, most)
	}
	children := appendPIDs(nil, b)
	return children[:min(len(children), most)], nil
}

func appendPIDs(pids []int, b []byte) []int {
	for field := range bytes.FieldsSeq(b) {
		if pid, err := strconv.Atoi(string(field)); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// imitated reports whether another kernel imitates /proc. In gVisor's a thread of a child
// is in the list of children, too.
var imitated = sync.OnceValue(func() bool {
	s, err := ReadStatus(os.Getpid())
	return err == nil && !s.HasSignals
})

func childPIDs(pid, most int) ([]int, error) {
	if imitated() {
		children, err := scanChildren(pid)
		return children[:min(len(children), most)], err
	}
	threads, err := os.ReadDir(path(pid, "task"))
	if err != nil {
		return nil, err
	}
	var children []int
	for _, t := range threads {
		if len(children) >= most {
			break
		}
		b, err := read(path(pid, "task/"+t.Name()+"/children"), make([]byte, 0, 512), bytesFor(most))
		if errors.Is(err, fs.ErrNotExist) {
			if _, gone := os.Stat(path(pid, "task/"+t.Name())); gone != nil {
				continue // the thread has ended
			}
			return scanChildren(pid)
		}
		if err != nil {
			return nil, err
		}
		children = appendPIDs(children, b)
	}
	return children[:min(len(children), most)], nil
}

// bytesFor is how much is read for so many numbers of at most seven digits
// (PID_MAX_LIMIT is 2^22) with a space behind each. One that is cut would be the
// next after them.
func bytesFor(numbers int) int {
	const each = 8
	if numbers > math.MaxInt/each {
		return math.MaxInt
	}
	return numbers * each
}

// Alive reports whether a process still runs. One whose first thread has ended
// while others go on (pthread_exit(3) in main) has a zombie's state and more
// than one thread.
func Alive(pid int) bool {
	p, err := Stat(pid)
	if err != nil {
		return false
	}
	if p.State != 'Z' && p.State != 'X' {
		return true
	}
	threads, err := os.ReadDir(path(pid, "task"))
	return err == nil && len(threads) > 1
}

func scanChildren(pid int) ([]int, error) {
	all, err := All()
	var children []int
	for _, p := range Children(all, pid) {
		children = append(children, p.PID)
	}
	return children, err
}
