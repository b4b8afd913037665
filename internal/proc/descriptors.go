package proc

import (
	"errors"
	"io/fs"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Descriptors is what a process has open of sockets and pipes, by inode.
type Descriptors struct {
	Sockets map[uint64]bool
	Stdin   uint64          // the pipe that is its standard input; 0: none is
	Reads   map[uint64]bool // pipes of which it has the end to read from
	Writes  map[uint64]bool // and to write to
}

// ReadDescriptors reads the links under /proc/PID/fd, as SocketInodes does, which
// has the costs and the errors. Which end of a pipe it is, the link's own mode
// tells (proc_pid_fd(5)).
func ReadDescriptors(pid int) (Descriptors, error) {
	d := Descriptors{Sockets: map[uint64]bool{}, Reads: map[uint64]bool{}, Writes: map[uint64]bool{}}
	err := eachDescriptor(path(pid, "fd"), func(fd int, name, link string) {
		if inode, ok := numberIn(link, "socket"); ok {
			d.Sockets[inode] = true
		}
		inode, ok := numberIn(link, "pipe")
		if !ok {
			return
		}
		var st unix.Stat_t
		if unix.Fstatat(fd, name, &st, unix.AT_SYMLINK_NOFOLLOW) != nil {
			return
		}
		if st.Mode&unix.S_IRUSR != 0 {
			d.Reads[inode] = true
		}
		if st.Mode&unix.S_IWUSR != 0 {
			d.Writes[inode] = true
		}
		if name == "0" {
			d.Stdin = inode
		}
	})
	if errors.Is(err, fs.ErrPermission) && isDead(pid) {
		err = nil // see SocketInodes
	}
	return d, err
}

// Pipes opens the pipes that a process reads for reading, and its standard output
// for writing, neither of which waits. out is nil where that cannot be opened, as a
// socket cannot.
func Pipes(pid int) (pipes []*os.File, out *os.File) {
	reopen := func(dir int, name string, mode int) *os.File {
		fd, err := unix.Openat(dir, name, mode|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		if err != nil {
			return nil
		}
		return os.NewFile(uintptr(fd), path(pid, "fd/"+name))
	}
	_ = eachDescriptor(path(pid, "fd"), func(dir int, name, link string) {
		var st unix.Stat_t
		_, isPipe := numberIn(link, "pipe")
		switch {
		case name == "1":
			out = reopen(dir, name, unix.O_WRONLY|unix.O_APPEND)
		case isPipe && unix.Fstatat(dir, name, &st, unix.AT_SYMLINK_NOFOLLOW) == nil && st.Mode&unix.S_IRUSR != 0:
			if f := reopen(dir, name, unix.O_RDONLY); f != nil {
				pipes = append(pipes, f)
			}
		}
	})
	return pipes, out
}

// eachDescriptor calls each for every open file with the directory's descriptor,
// the file's name in it, which is its number, and what it links to.
func eachDescriptor(name string, each func(dir int, name, link string)) error {
	fd, err := open(name, unix.O_DIRECTORY)
	if err != nil {
		return err
	}
	d := os.NewFile(uintptr(fd), name)
	defer d.Close()
	for {
		files, err := d.Readdirnames(256)
		for _, file := range files {
			// Listing needs no more than the directory's mode, which
			// CAP_DAC_OVERRIDE passes: a container's root is often
			// refused only here.
			link, err := readlink(fd, file)
			if errors.Is(err, unix.ENOENT) {
				continue // closed meanwhile
			}
			if err != nil {
				return pathError("readlink", name+"/"+file, err)
			}
			each(fd, file, link)
		}
		if err != nil { // io.EOF, or the process is gone
			return nil
		}
	}
}

// ReadScript returns the beginning of a file that a shell has open to read its
// commands from: dash and busybox move it to descriptor 10, bash to 255. It is
// empty where none is, or where that is no regular file.
func ReadScript(pid, limit int) string {
	for _, number := range []int{10, 255} {
		name := path(pid, "fd/"+strconv.Itoa(number))
		info, err := os.Stat(name)
		if err != nil || !info.Mode().IsRegular() || info.Size() > int64(limit) {
			continue
		}
		if b, err := read(name, make([]byte, 0, info.Size()+1), limit); err == nil {
			return string(b)
		}
	}
	return ""
}
