package proc

import (
	"bytes"
	"encoding/binary"
	"os"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Kept reads again and again what of /proc readiness may need, in memory that it
// keeps, so that who asks every few seconds makes no garbage. It is not safe for
// concurrent use, and what it returns is valid until the next call.
type Kept struct {
	path   []byte // which a zero ends
	names  []byte // of a directory, as getdents64(2) writes them
	text   []byte
	all    []related
	ours   map[int]bool
	found  []int
	inodes map[uint64]bool
}

// related is a process and its parent.
type related struct{ pid, parent int }

// Descendants returns the PIDs of what [Descendants] returns of all that /proc shows,
// in no order, and none where /proc is not this PID namespace's, see [Check].
func (k *Kept) Descendants(pid int) []int {
	k.all, k.found = k.all[:0], k.found[:0]
	link, err := k.readlink(unix.AT_FDCWD, k.name(0, "self"))
	if self, ok := number(link); err != nil || !ok || int(self) != os.Getpid() {
		return nil
	}
	_ = k.each(k.name(0, ""), func(_ int, name []byte) error {
		n, ok := number(name)
		if !ok {
			return nil
		}
		if parent, _, ok := k.stat(int(n)); ok {
			k.all = append(k.all, related{int(n), parent})
		}
		return nil
	})
	if k.ours == nil {
		k.ours = make(map[int]bool)
	}
	clear(k.ours)
	k.ours[pid] = true
	for before := -1; before < len(k.found); { // a child mostly comes behind its parent
		before = len(k.found)
		for _, p := range k.all {
			if k.ours[p.parent] && !k.ours[p.pid] {
				k.ours[p.pid] = true
				k.found = append(k.found, p.pid)
			}
		}
	}
	return k.found
}

// SocketInodes is the function [SocketInodes].
func (k *Kept) SocketInodes(pid int) (map[uint64]bool, error) {
	if k.inodes == nil {
		k.inodes = make(map[uint64]bool)
	}
	clear(k.inodes)
	err := k.each(k.name(pid, "fd"), func(dir int, name []byte) error {
		link, err := k.readlink(dir, &name[0])
		if err == unix.ENOENT {
			return nil // closed meanwhile
		}
		digits, isSocket := bytes.CutPrefix(link, []byte("socket:["))
		if inode, ok := number(bytes.TrimSuffix(digits, []byte("]"))); ok && isSocket {
			k.inodes[inode] = true
		}
		return err
	})
	switch err {
	case unix.ESRCH:
		return nil, gone
	case unix.EACCES, unix.EPERM:
		if _, state, ok := k.stat(pid); ok && (state == 'Z' || state == 'X') {
			return k.inodes, nil // see there
		}
	case nil:
		return k.inodes, nil
	}
	return nil, err
}

// name returns the name of a file of a process, or of /proc itself.
func (k *Kept) name(pid int, file string) *byte {
	k.path = append(k.path[:0], dir+"/"...)
	if pid > 0 {
		k.path = append(strconv.AppendInt(k.path, int64(pid), 10), '/')
	}
	k.path = append(append(k.path, file...), 0)
	return &k.path[0]
}

// stat reads the parent and the state of a process, see [Stat].
func (k *Kept) stat(pid int) (parent int, state byte, ok bool) {
	fd, err := openAt(k.name(pid, "stat"), 0)
	if err != nil {
		return 0, 0, false
	}
	defer unix.Close(fd)
	n, err := unix.Read(fd, k.buffer())
	for err == unix.EINTR {
		n, err = unix.Read(fd, k.text)
	}
	if err != nil {
		return 0, 0, false
	}
	fields := k.text[bytes.LastIndexByte(k.text[:n], ')')+1 : n] // " S 1 …", see parseStat
	if len(fields) < len(" S 1 ") || fields[0] != ' ' || fields[2] != ' ' {
		return 0, 0, false
	}
	digits, _, _ := bytes.Cut(fields[3:], []byte(" "))
	p, ok := number(digits)
	return int(p), fields[1], ok
}

func (k *Kept) buffer() []byte {
	if k.text == nil {
		k.text = make([]byte, statSize)
	}
	return k.text
}

// readlink is readlinkat(2).
func (k *Kept) readlink(dir int, name *byte) ([]byte, error) {
	b := k.buffer()
	for {
		n, _, errno := unix.Syscall6(unix.SYS_READLINKAT, uintptr(dir), uintptr(unsafe.Pointer(name)),
			uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), 0, 0)
		switch errno {
		case 0:
			return b[:n], nil
		case unix.EINTR:
		default:
			return nil, errno
		}
	}
}

// each calls each for every file of a directory until there is an error, with the
// directory's descriptor. A zero follows the name.
func (k *Kept) each(name *byte, each func(dir int, name []byte) error) error {
	const nameAt, lengthAt = 19, 16 // in struct linux_dirent64, getdents64(2)
	fd, err := openAt(name, unix.O_DIRECTORY)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if k.names == nil {
		k.names = make([]byte, 4<<10)
	}
	for {
		n, err := unix.ReadDirent(fd, k.names)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return nil // the end, or the process is gone
		}
		for b := k.names[:n]; len(b) > nameAt; {
			entry := b[:min(int(binary.NativeEndian.Uint16(b[lengthAt:])), len(b))]
			b = b[max(len(entry), 1):]
			name := entry[min(nameAt, len(entry)):]
			if end := bytes.IndexByte(name, 0); end > 0 && name[0] != '.' {
				if err := each(fd, name[:end]); err != nil {
					return err
				}
			}
		}
	}
}

// openAt is open for a name which a zero ends.
func openAt(name *byte, flags int) (int, error) {
	here := unix.AT_FDCWD
	for {
		fd, _, errno := unix.Syscall6(unix.SYS_OPENAT, uintptr(here), uintptr(unsafe.Pointer(name)),
			uintptr(unix.O_RDONLY|unix.O_CLOEXEC|flags), 0, 0, 0)
		switch errno {
		case 0:
			return int(fd), nil
		case unix.EINTR:
		default:
			return -1, errno
		}
	}
}

// number reads a decimal number.
func number(b []byte) (uint64, bool) {
	const most = 20 // digits
	n := uint64(0)
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	return n, len(b) > 0 && len(b) < most
}
