package peers_test

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// children lists the children of all threads of a process, zombies included.
func children(pid int) []int {
	var all []int
	threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	for _, t := range threads {
		b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, t.Name()))
		for field := range strings.FieldsSeq(string(b)) {
			child, _ := strconv.Atoi(field)
			all = append(all, child)
		}
	}
	return all
}

// descendants lists everything below a process, zombies included.
func descendants(pid int) []int {
	var all []int
	for _, c := range children(pid) {
		all = append(append(all, c), descendants(c)...)
	}
	return all
}

// below waits for a process below the init whose command line begins so.
func (p *process) below(command string) int {
	var found int
	p.within("a process "+command, func() bool {
		for _, pid := range descendants(p.pid) {
			if strings.HasPrefix(commandLine(pid), command) {
				found = pid
			}
		}
		return found != 0
	})
	return found
}

// commandLine returns the arguments of a process with spaces between.
func commandLine(pid int) string {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return strings.TrimRight(strings.ReplaceAll(string(b), "\x00", " "), " ")
}

// stat returns the fields of /proc/PID/stat behind the name, from the state on,
// proc_pid_stat(5); nil if the process is gone.
func stat(pid int) []string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	return strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
}

// Fields of stat.
const (
	statState = 0
	statPgrp  = 2
	statTpgid = 5
	statUtime = 11
	statStime = 12
)

// state returns the state letter of a process, "" if it is gone.
func state(pid int) string {
	if fields := stat(pid); fields != nil {
		return fields[statState]
	}
	return ""
}

// alive reports whether a process is there and no zombie.
func alive(pid int) bool {
	s := state(pid)
	return s != "" && s != "Z" && s != "X"
}

// zombies counts those below the init, in the tests' own /proc.
func (p *process) zombies() int {
	n := 0
	for _, pid := range descendants(p.pid) {
		if state(pid) == "Z" {
			n++
		}
	}
	return n
}
