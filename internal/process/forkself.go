// Package process is what drainit does with itself as a process: its threads and their
// number, its signals, its descriptors, and further processes of the same file.
package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// ForkSelf forks and executes this program in a role of its own, with nothing of the
// environment. argv[0] is the role's name. It must be called on the thread that forks
// the child.
func ForkSelf(argv []string, attr *syscall.ProcAttr) (pid int, err error) {
	pid, err = syscall.ForkExec(RunningProgram, argv, attr)
	if errors.Is(err, syscall.ENOENT) { // no /proc
		if pid, err = syscall.ForkExec(StartedFrom(), argv, attr); err != nil {
			err = fmt.Errorf("neither /proc nor %s leads to this program: %w", StartedFrom(), err)
		}
	}
	return pid, err
}

// StartedFrom is the file this program was started from, as far as its name
// tells: execve(2) leaves that to who starts it. The name may be relative to the
// working directory of the start, so that the first call has to come before that is
// left: see chdirRoot.
var StartedFrom = sync.OnceValue(func() string {
	if file, err := Lookup(os.Args[0], PathOf(os.Environ())); err == nil {
		if whole, err := filepath.Abs(file); err == nil {
			return whole
		}
	}
	return os.Args[0]
})

// RunningProgram is the file this process runs from, wherever that is and even
// if it has been replaced (proc_pid_exe(5)).
const RunningProgram = "/proc/self/exe"
