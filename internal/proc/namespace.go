package proc

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// PIDNamespace returns the number of the PID namespace a process is in, as
// `ls -l /proc/PID/ns/pid` shows it, namespaces(7); pid 0 is the caller. Two
// processes are in one namespace if the numbers are equal. Reading another
// user's takes CAP_SYS_PTRACE: errors.Is(err, fs.ErrPermission).
func PIDNamespace(pid int) (uint64, error) {
	name := dir + "/self/ns/pid"
	if pid != 0 {
		name = path(pid, "ns/pid")
	}
	link, err := readlink(unix.AT_FDCWD, name)
	if err != nil {
		return 0, pathError("readlink", name, err)
	}
	n, ok := numberIn(link, "pid")
	if !ok {
		return 0, fmt.Errorf("%s: %q is not of the form pid:[N]", name, link)
	}
	return n, nil
}

// Check reports, as nil, that /proc is mounted and shows this process's own
// PID namespace. A chroot can have none, and after `unshare --pid` it can be
// the outer one's, whose numbers are those of strangers: then nothing else
// that this package says of a PID is worth anything.
func Check() error {
	name := dir + "/self"
	link, err := readlink(unix.AT_FDCWD, name)
	if err != nil {
		return pathError("readlink", name, err)
	}
	if pid := os.Getpid(); link != strconv.Itoa(pid) {
		return fmt.Errorf("%s is %q but this is process %d: mount the proc of this PID namespace", name, link, pid)
	}
	return nil
}

// readlink reads a link of /proc relative to the directory fd. Those that
// name a kernel object are short; a longer one, a file's path, comes cut.
func readlink(fd int, name string) (string, error) {
	var buf [64]byte
	for {
		n, err := unix.Readlinkat(fd, name, buf[:])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return "", err
		}
		return string(buf[:n]), nil
	}
}

// numberIn takes N from a link of the form kind:[N]. No file can forge one:
// links to files begin with a slash.
func numberIn(link, kind string) (uint64, bool) {
	digits, ok := strings.CutPrefix(link, kind+":[")
	if !ok {
		return 0, false
	}
	digits, ok = strings.CutSuffix(digits, "]")
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	return n, err == nil
}
