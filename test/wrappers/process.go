package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A process is what /proc says of one, as far as somebody needs it who has to recognise a wrapper.
type process struct {
	PID, Parent, Group, Session int
	State                       string // as in proc(5): R, S, D, T, Z
	Comm                        string
	Argv                        []string
	Catches, Ignores, Blocks    uint64
}

// processes reads all of them but PID 1 and its threads.
func processes() map[int]process {
	found := map[int]process{}
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		pid, _ := strconv.Atoi(filepath.Base(dir))
		if p, ok := readProcess(pid); ok && pid != 1 {
			found[pid] = p
		}
	}
	return found
}

func readProcess(pid int) (process, bool) {
	p := process{PID: pid}
	dir := fmt.Sprintf("/proc/%d/", pid)
	stat, err := os.ReadFile(dir + "stat")
	if err != nil {
		return p, false
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	p.State = fields[0]
	p.Parent, _ = strconv.Atoi(fields[1])
	p.Group, _ = strconv.Atoi(fields[2])
	p.Session, _ = strconv.Atoi(fields[3])
	comm, _ := os.ReadFile(dir + "comm")
	p.Comm = strings.TrimSuffix(string(comm), "\n")
	cmdline, _ := os.ReadFile(dir + "cmdline")
	if text := strings.TrimRight(string(cmdline), "\x00"); text != "" {
		p.Argv = strings.Split(text, "\x00")
	}
	status, _ := os.ReadFile(dir + "status")
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		if to, wanted := map[string]*uint64{"SigCgt": &p.Catches, "SigIgn": &p.Ignores, "SigBlk": &p.Blocks}[name]; wanted {
			*to, _ = strconv.ParseUint(strings.TrimSpace(value), 16, 64)
		}
	}
	return p, true
}

// theProgram returns the program inside the wrapper: the youngest of that name that has not ended.
func theProgram(all map[int]process) (process, bool) {
	var program process
	for _, p := range all {
		if p.Comm == programName && p.State != "Z" && p.PID > program.PID {
			program = p
		}
	}
	return program, program.PID != 0
}

// around returns what is around the program, from the outside.
func around(program process, all map[int]process) []process {
	var chain []process
	for p, ok := all[program.Parent]; ok; p, ok = all[p.Parent] {
		chain = append(chain, p)
	}
	slices.Reverse(chain)
	return chain
}
