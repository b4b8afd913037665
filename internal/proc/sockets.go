package proc

import (
	"errors"
	"io/fs"
)

// SocketInodes returns the inode of every socket a process has open, of any
// family, from the links "socket:[N]" under /proc/PID/fd. It costs some
// microseconds for each open file.
//
// The kernel asks for what ptrace(2) asks for (PTRACE_MODE_READ_FSCREDS): a
// process of another user, or one whose program has file capabilities or
// changed its user (not dumpable), is refused without CAP_SYS_PTRACE, and then
// errors.Is(err, fs.ErrPermission). All of it is refused or nothing; the set is
// never partial for that reason. A zombie has no files, hence an empty set
// (the kernel, too, shows those of a first thread that ended before the others
// to nobody).
func SocketInodes(pid int) (map[uint64]bool, error) {
	inodes, err := socketInodes(path(pid, "fd"))
	if errors.Is(err, fs.ErrPermission) && isDead(pid) {
		// Without its memory a zombie counts as not dumpable, so that even
		// its own user is refused.
		return map[uint64]bool{}, nil
	}
	return inodes, err
}

func isDead(pid int) bool {
	p, err := Stat(pid)
	return err == nil && (p.State == 'Z' || p.State == 'X')
}

func socketInodes(name string) (map[uint64]bool, error) {
	inodes := make(map[uint64]bool)
	err := eachDescriptor(name, func(_ int, _, link string) {
		if inode, ok := numberIn(link, "socket"); ok {
			inodes[inode] = true
		}
	})
	if err != nil {
		return nil, err
	}
	return inodes, nil
}
