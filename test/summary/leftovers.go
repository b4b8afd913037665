package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// workshop is the directory that all temporary files of a run are below (TMPDIR), and by which its processes are
// known: they have it, or a directory below it, in their environment, or their program is a file below it.
type workshop struct{ dir string }

// newWorkshop makes the directory. All may search it, since some tests run programs of other users.
func newWorkshop() (workshop, error) {
	dir, err := os.MkdirTemp("", "t")
	if err != nil {
		return workshop{}, err
	}
	return workshop{dir}, os.Chmod(dir, 0o755)
}

// environ returns this process's environment, with TMPDIR set to the workshop.
func (w workshop) environ() []string { return append(os.Environ(), "TMPDIR="+w.dir) }

// processes returns what still runs of the run, without zombies.
func (w workshop) processes() []int {
	entries, _ := filepath.Glob("/proc/[0-9]*")
	var pids []int
	for _, entry := range entries {
		pid, _ := strconv.Atoi(filepath.Base(entry))
		if pid != os.Getpid() && w.owns(entry) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// owns reports whether the process of a directory in /proc is of this run. A zombie has no environment any more.
func (w workshop) owns(entry string) bool {
	environ, _ := os.ReadFile(entry + "/environ")
	for variable := range bytes.SplitSeq(environ, []byte{0}) {
		if dir, is := strings.CutPrefix(string(variable), "TMPDIR="); is && strings.HasPrefix(dir+"/", w.dir+"/") {
			return true
		}
	}
	program, _ := os.Readlink(entry + "/exe")
	return strings.HasPrefix(program, w.dir+"/")
}

// signal sends a signal to all that runs, and returns the names of what it was sent to.
func (w workshop) signal(sig syscall.Signal) []string {
	var names []string
	for _, pid := range w.processes() {
		name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
		if syscall.Kill(pid, sig) == nil {
			names = append(names, fmt.Sprintf("%s[%d]", bytes.TrimSpace(name), pid))
		}
	}
	return names
}

// wait waits until nothing runs, for the time given at most, and reports whether nothing does.
func (w workshop) wait(limit time.Duration) bool {
	for end := time.Now().Add(limit); len(w.processes()) > 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// close kills what still runs, removes the directory, and returns the names of what had to be killed. What ends by
// itself has two seconds for it.
func (w workshop) close() []string {
	var killed []string
	if !w.wait(2 * time.Second) {
		for range 50 { // something may be started meanwhile
			killed = append(killed, w.signal(syscall.SIGKILL)...)
			if w.wait(100 * time.Millisecond) {
				break
			}
		}
	}
	os.RemoveAll(w.dir)
	return killed
}
