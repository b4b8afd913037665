package ctl

import (
	"fmt"
	"os"
	"path"
	"strings"
	"syscall"

	"drainit/internal/conns"
	"drainit/internal/proc"
)

// surroundings is what ctl can learn of the container it is in: the seam at
// which a test can be anywhere.
type surroundings struct {
	self         int    // own PID
	pidNamespace uint64 // own; 0 if it cannot be told
	executable   string // path of this program

	argv func(pid int) ([]string, error)
	pids func() []int
	env  func(pid int) ([]string, error)

	listeners func() ([]conns.Listener, error)       // of this network namespace
	sockets   func(pid int) (map[uint64]bool, error) // inodes of a process's

	kill func(pid int, sig syscall.Signal) error

	sameProgram func(pid int) bool // runs from the file this process runs from
	container   func(pid int) container
}

// container says whether a process is in the same container as this one.
type container int

const (
	unsureContainer container = iota // its root directory is another, or not to be read
	sameContainer
	otherContainer // it has a PID namespace of its own below this one
)

func realSurroundings() surroundings {
	ns, err := proc.PIDNamespace(0)
	if err != nil {
		ns = 0
	}
	exe, _ := os.Readlink("/proc/self/exe")
	return surroundings{
		self:         os.Getpid(),
		pidNamespace: ns,
		executable:   strings.TrimSuffix(exe, " (deleted)"), // install replaced it (proc_pid_exe(5))
		argv:         proc.Argv,
		pids:         allPIDs,
		env:          proc.Environ,
		listeners:    conns.Listeners,
		sockets:      proc.SocketInodes,
		kill:         syscall.Kill,
		sameProgram:  func(pid int) bool { return sameFile("/proc/self/exe", fmt.Sprintf("/proc/%d/exe", pid)) },
		container:    func(pid int) container { return containerOf(pid, ns) },
	}
}

func allPIDs() []int {
	all, _ := proc.All()
	pids := make([]int, len(all))
	for i, p := range all {
		pids[i] = p.PID
	}
	return pids
}

// containerOf tells by the PID namespace, and where containers share one by the
// root directory; what belongs to another user does not show them.
func containerOf(pid int, ownNamespace uint64) container {
	if ns, err := proc.PIDNamespace(pid); err == nil && ns != ownNamespace {
		return otherContainer
	}
	if sameFile("/proc/self/root", fmt.Sprintf("/proc/%d/root", pid)) {
		return sameContainer
	}
	return unsureContainer
}

// sameFile reports whether both links, which may be unreadable, lead to one
// file.
func sameFile(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}

// neighbour is a drainit that runs as an init where ctl can see it.
type neighbour struct {
	pid  int
	argv []string
	sure bool // it is this container's, not that of another one sharing its PIDs
}

// findDrainit looks for the drainit of this container: PID 1 as a rule, else
// (docker run --init, shareProcessNamespace) one among all processes, rather in
// this container than where that cannot be told.
func (a surroundings) findDrainit() (found neighbour, ok bool) {
	if argv, ok := a.isDrainit(1); ok {
		return neighbour{1, argv, true}, true
	}
	for _, pid := range a.pids() {
		argv, is := a.isDrainit(pid)
		if !is {
			continue
		}
		switch a.container(pid) {
		case sameContainer:
			return neighbour{pid, argv, true}, true
		case unsureContainer:
			if !ok {
				found, ok = neighbour{pid: pid, argv: argv}, true
			}
		}
	}
	return found, ok
}

// isDrainit reports whether a process is drainit and not this or another ctl.
func (a surroundings) isDrainit(pid int) (argv []string, ok bool) {
	if pid == a.self {
		return nil, false
	}
	argv, err := a.argv(pid)
	if err != nil || len(argv) == 0 || len(argv) > 1 && argv[1] == "ctl" {
		return nil, false
	}
	return argv, path.Base(argv[0]) == "drainit" || pid == 1 && a.sameProgram(pid)
}
