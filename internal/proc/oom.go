package proc

import (
	"bytes"
	"strconv"

	pathpkg "path"
)

// OOMKills returns how many processes of this container the kernel has killed
// for want of memory, as its memory cgroup counts them since it was made, and
// whether the kernel says. It only grows: one more after a SIGKILL nobody sent
// than before means "out of memory".
//
// cgroup v2 has it in memory.events, descendants included (cgroup-v2.rst). Its
// oom_group_kill is not added: each process of such a group is in oom_kill
// already (mm/oom_kill.c, __oom_kill_process). cgroup v1 has it in
// memory.oom_control, without descendants (cgroup-v1/memory.rst). Both since
// Linux 4.13.
func OOMKills() (n int, ok bool) {
	return oomKills("/")
}

func oomKills(root string) (n int, ok bool) {
	for _, name := range cgroupFiles(root, "memory", "memory.oom_control", "memory.events") {
		b, err := read(pathpkg.Join(root, name), make([]byte, 0, 512), 4096)
		if err != nil {
			continue
		}
		if n, ok := parseOOMKills(b); ok {
			return n, true
		}
	}
	return 0, false
}

// parseOOMKills takes the line "oom_kill N", which both versions write alike.
func parseOOMKills(b []byte) (n int, ok bool) {
	for line := range bytes.Lines(b) {
		fields := bytes.Fields(line)
		if len(fields) == 2 && string(fields[0]) == "oom_kill" {
			n, err := strconv.Atoi(string(fields[1]))
			return n, err == nil && n >= 0
		}
	}
	return 0, false
}

// EndedAlone reports whether a process has ended, is not reaped yet, and has never
// waited for one of its own. That adds the minor faults of those to its own count of
// them (cminflt of proc_pid_stat(5)), and no process ends without some.
func EndedAlone(pid int) bool {
	const cminflt = 8 // counted from the state, which follows the name
	var buf [statSize]byte
	b, _ := read(path(pid, "stat"), buf[:], len(buf))
	fields := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:])
	return len(fields) > cminflt && string(fields[0]) == "Z" && string(fields[cminflt]) == "0"
}
