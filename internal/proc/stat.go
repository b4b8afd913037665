// Package proc reads from proc(5) and cgroups(7) what the kernel says of the
// processes drainit can see and of the container it runs in. It only reads;
// what follows from a fact is decided elsewhere.
//
// Everything here is a snapshot: a process may end, exec or change its parent
// while, or right after, it is read. A process that has vanished gives an
// error for which errors.Is(err, fs.ErrNotExist) holds, and so does a /proc
// that is not mounted; Check tells the two apart. A file the kernel refuses
// gives one for which errors.Is(err, fs.ErrPermission) holds.
package proc

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
)

// statSize holds a whole /proc/PID/stat: 52 numbers of at most 20 digits and
// a name. Only its beginning is used.
const statSize = 1280

// Process is one line of /proc/PID/stat.
type Process struct {
	PID, PPID int // PPID is 0 for PID 1 and for a process whose parent is outside the PID namespace
	PGID      int
	Session   int    // the PID of its session's leader
	Terminal  int    // the controlling terminal's device number, 0 for none
	State     byte   // as ps(1) shows it: 'R', 'S', 'D', 'T' stopped, 't' traced, 'Z' zombie, 'X' dead
	Comm      string // what the kernel calls it, any bytes, cut to 15 for programs
	Began     uint64 // when it was forked, in ticks of the kernel's clock since the boot; 0 where that is not said
}

// Stat reads one process from /proc/PID/stat, which every user may read
// unless /proc is mounted with hidepid.
func Stat(pid int) (Process, error) {
	var buf [statSize]byte
	return stat(pid, buf[:])
}

func stat(pid int, buf []byte) (Process, error) {
	name := path(pid, "stat")
	b, err := read(name, buf, len(buf))
	if err != nil {
		return Process{}, err
	}
	p, err := parseStat(b)
	if err != nil {
		return Process{}, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

// All reads every process that /proc shows, by ascending PID. Those that end
// meanwhile or are hidden are left out; where another is unreadable, the rest
// is returned with the first such error. A /proc that shows no process at all
// is an error, since it would have shown the reader.
func All() ([]Process, error) {
	return all(dir)
}

// all takes the PIDs from the names in listing, which is /proc but for tests.
func all(listing string) ([]Process, error) {
	var (
		list  []Process
		first error
		buf   [statSize]byte
	)
	err := eachPID(listing, func(pid int) (goesOn bool) {
		p, err := stat(pid, buf[:])
		switch {
		case err == nil:
			list = append(list, p)
		case first == nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission):
			first = err
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 && first == nil {
		first = &fs.PathError{Op: "list processes", Path: listing, Err: fs.ErrNotExist}
	}
	return list, first
}

// eachPID calls each with the PIDs among the names in listing, until that returns false.
func eachPID(listing string, each func(pid int) (goesOn bool)) error {
	d, err := os.Open(listing)
	if err != nil {
		return err
	}
	defer d.Close()
	for {
		names, err := d.Readdirnames(256)
		for _, name := range names {
			if pid, notOne := strconv.Atoi(name); notOne == nil && !each(pid) {
				return nil
			}
		}
		if err != nil { // io.EOF, or a /proc that went away
			return nil
		}
	}
}

// parseStat takes the first seven fields and the 22nd, proc_pid_stat(5). The name stands in
// parentheses and may itself hold spaces, parentheses and newlines; the fields
// after it are a letter and numbers, so that its end is the last parenthesis.
func parseStat(b []byte) (p Process, err error) {
	begin, end := bytes.IndexByte(b, '('), bytes.LastIndexByte(b, ')')
	if begin < 0 || end < begin {
		return p, fmt.Errorf("no name in parentheses in %q", b)
	}
	fields := bytes.Fields(b[end+1:])
	if len(fields) < 5 || len(fields[0]) != 1 {
		return p, fmt.Errorf("no state, parent, group, session and terminal after the name in %q", b)
	}
	p.Comm = string(b[begin+1 : end])
	p.State = fields[0][0]
	for _, f := range []struct {
		to   *int
		text []byte
	}{{&p.PID, bytes.TrimSpace(b[:begin])}, {&p.PPID, fields[1]}, {&p.PGID, fields[2]}, {&p.Session, fields[3]}, {&p.Terminal, fields[4]}} {
		if *f.to, err = strconv.Atoi(string(f.text)); err != nil {
			return Process{}, fmt.Errorf("%q is not a process id", f.text)
		}
	}
	if len(fields) > beganField {
		p.Began, _ = strconv.ParseUint(string(fields[beganField]), 10, 64)
	}
	return p, nil
}

// beganField is where the start stands behind the name.
const beganField = 22 - 3
