package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// prSetChildSubreaper is PR_SET_CHILD_SUBREAPER of prctl(2), which package
// syscall does not name.
const prSetChildSubreaper = 36

// adoptOrphans makes this process the parent of what its descendants leave
// behind. Without namespaces the server under a killed drainit would otherwise
// outlive the demonstration, out of its reach.
func adoptOrphans() {
	syscall.RawSyscall(syscall.SYS_PRCTL, prSetChildSubreaper, 1, 0)
}

// killOrphans kills and waits for all children of this process, when those it
// knows of have been waited for. Only children: their ids cannot have been used
// again, since nobody else waits for them.
func killOrphans() {
	for {
		killed := 0
		for _, pid := range children() {
			if syscall.Kill(pid, syscall.SIGKILL) == nil {
				syscall.Wait4(pid, nil, 0, nil)
				killed++
			}
		}
		if killed == 0 {
			return
		}
	}
}

// children lists the children of all threads of this process (proc(5),
// /proc/pid/task/tid/children).
func children() []int {
	var pids []int
	lists, _ := filepath.Glob("/proc/self/task/*/children")
	for _, list := range lists {
		text, _ := os.ReadFile(list)
		for field := range strings.FieldsSeq(string(text)) {
			if pid, err := strconv.Atoi(field); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}
