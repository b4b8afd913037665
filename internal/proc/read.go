package proc

import (
	"errors"
	"io/fs"
	"strconv"

	"golang.org/x/sys/unix"
)

// dir is where proc(5) is mounted.
const dir = "/proc"

// gone is what every reader of a process that has vanished returns inside
// its error, so that callers need to know only errors.Is(err, fs.ErrNotExist).
const gone = unix.ENOENT

// path returns the name of one file of a process: path(7, "stat").
func path(pid int, file string) string {
	return dir + "/" + strconv.Itoa(pid) + "/" + file
}

// open opens name to read, close-on-exec, since drainit starts programs.
func open(name string, flags int) (int, error) {
	for {
		fd, err := unix.Open(name, unix.O_RDONLY|unix.O_CLOEXEC|flags, 0)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return -1, pathError("open", name, err)
		}
		return fd, nil
	}
}

// read reads the file name from its beginning, at most limit bytes of it, into
// buf and beyond where buf is too small; the rest is left unread. Raw calls
// instead of os.ReadFile: /proc files are never pollable, and one open, read
// and close for each of thousands of processes is all that is needed.
func read(name string, buf []byte, limit int) ([]byte, error) {
	fd, err := open(name, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	buf = buf[:0]
	for len(buf) < limit {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := unix.Read(fd, buf[len(buf):min(cap(buf), limit)])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, pathError("read", name, err)
		}
		if n == 0 {
			break
		}
		buf = buf[:len(buf)+n]
	}
	return buf, nil
}

// pathError names the file. A process that ends between open and read gives
// ESRCH, one that had ended before gives ENOENT: one fact, one error.
func pathError(op, name string, err error) error {
	if errors.Is(err, unix.ESRCH) {
		err = gone
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}
