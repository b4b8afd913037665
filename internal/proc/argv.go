package proc

import "bytes"

// argvLimit bounds what is read of a command line: one argument may have
// 128 KiB (execve(2), MAX_ARG_STRLEN), all together some MiB.
const argvLimit = 128 << 10

// Argv returns the command line of a process from /proc/PID/cmdline, at most
// its first 128 KiB. Zombies and kernel threads have none: nil and no error.
//
// The text is the process's own memory, and some write over it: a title set
// so ("nginx: master process nginx -g daemon off;") comes as one string. What
// is left of the old arguments behind a title is NULs, so those at the end are
// dropped, and with them arguments at the end that were empty.
func Argv(pid int) ([]string, error) {
	b, err := read(path(pid, "cmdline"), make([]byte, 0, 4096), argvLimit)
	if err != nil {
		return nil, err
	}
	return parseArgv(b), nil
}

// environLimit is more than the kernel takes of arguments and environment together
// (execve(2): 6 MiB at most).
const environLimit = 8 << 20

// Environ returns the environment a process was started with, from
// /proc/PID/environ, in its order and with all variables of one name. Reading
// another's takes what ptrace(2) takes (proc_pid_environ(5)).
func Environ(pid int) ([]string, error) {
	b, err := read(path(pid, "environ"), make([]byte, 0, 4096), environLimit)
	if err != nil {
		return nil, err
	}
	return parseArgv(b), nil
}

func parseArgv(b []byte) []string {
	b = bytes.TrimRight(b, "\x00")
	if len(b) == 0 {
		return nil
	}
	parts := bytes.Split(b, []byte{0})
	argv := make([]string, len(parts))
	for i, p := range parts {
		argv[i] = string(p)
	}
	return argv
}
