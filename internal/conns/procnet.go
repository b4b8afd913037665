package conns

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// table reads tables of /proc/net again and again, with what it keeps: [os.File] and
// paths make garbage.
type table struct {
	fd    int
	lines *bufio.Reader

	dir       string
	tcp, tcp6 *byte // paths in dir, which a zero ends
}

// listeners appends those of the tables tcp and tcp6 in dir, proc_pid_net(5). They
// hold every connection of the namespace, so that their length is not bounded;
// memory here is. The backlog is not in them.
func (t *table) listeners(dir string, list []Listener) ([]Listener, error) {
	if t.dir != dir {
		t.dir, t.lines = dir, bufio.NewReader(t)
		t.tcp, _ = unix.BytePtrFromString(dir + "/tcp")
		t.tcp6, _ = unix.BytePtrFromString(dir + "/tcp6")
	}
	list, err := t.read(t.tcp, list)
	if err != nil {
		return nil, fmt.Errorf("%s/tcp: %w", dir, err)
	}
	both, err := t.read(t.tcp6, list)
	if err == unix.ENOENT {
		return list, nil // a kernel without IPv6
	}
	if err != nil {
		return nil, fmt.Errorf("%s/tcp6: %w", dir, err)
	}
	return both, nil
}

// read appends the listeners of one table to list.
func (t *table) read(path *byte, list []Listener) ([]Listener, error) {
	here := unix.AT_FDCWD
	fd, _, errno := unix.Syscall6(unix.SYS_OPENAT, uintptr(here),
		uintptr(unsafe.Pointer(path)), unix.O_RDONLY|unix.O_CLOEXEC, 0, 0, 0)
	if errno != 0 {
		return nil, errno
	}
	t.fd = int(fd)
	defer unix.Close(t.fd)
	t.lines.Reset(t)
	return parseTable(binary.NativeEndian, t.lines, list)
}

// Read is read(2).
func (t *table) Read(b []byte) (int, error) {
	for {
		n, err := unix.Read(t.fd, b)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return 0, err
		case n == 0:
			return 0, io.EOF
		default:
			return n, nil
		}
	}
}

func parseTable(order binary.ByteOrder, table io.Reader, list []Listener) ([]Listener, error) {
	err := eachLine(table, func(line []byte) error {
		l, listens, err := parseLine(order, line)
		if listens {
			list = append(list, l)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// eachLine calls f for every line below the heading.
func eachLine(table io.Reader, f func(line []byte) error) error {
	lines := bufio.NewReader(table)
	if _, err := lines.ReadSlice('\n'); err != nil {
		return fmt.Errorf("no heading: %w", err)
	}
	for {
		line, err := lines.ReadSlice('\n')
		if err == io.EOF && len(line) == 0 {
			return nil
		}
		if err != nil && err != io.EOF {
			return err
		}
		if err := f(line); err != nil {
			return fmt.Errorf("row %q: %w", bytes.TrimSpace(line), err)
		}
	}
}

// parseLine reads one row, and of one that does not listen only the state
// (Documentation/networking/proc_net_tcp.rst):
//
//	sl local rem st tx:rx tr:when retrnsmt uid timeout inode …
//
// In state LISTEN rx is the number of connections to accept.
func parseLine(order binary.ByteOrder, line []byte) (l Listener, listens bool, err error) {
	var head [4][]byte
	var tail [6][]byte
	line, ok := cutFields(line, head[:])
	if ok && string(head[3]) != "0A" { // tcpListen
		return l, false, nil
	}
	if _, tailOK := cutFields(line, tail[:]); !ok || !tailOK {
		return l, false, errors.New("too few fields")
	}
	l.Addr, err = parseAddr(order, head[1])
	_, rx, _ := bytes.Cut(tail[0], []byte(":"))
	queue, queueErr := strconv.ParseUint(string(rx), 16, 32)
	uid, uidErr := strconv.ParseUint(string(tail[3]), 10, 32)
	inode, inodeErr := strconv.ParseUint(string(tail[5]), 10, 64)
	if err := errors.Join(err, queueErr, uidErr, inodeErr); err != nil {
		return Listener{}, false, err
	}
	l.Queue, l.UID, l.Inode = uint32(queue), uint32(uid), inode
	return l, true, nil
}

// cutFields fills fields from the beginning of line and returns its rest.
func cutFields(line []byte, fields [][]byte) (rest []byte, ok bool) {
	for i := range fields {
		line = bytes.TrimLeft(line, " ")
		end := bytes.IndexAny(line, " \n")
		if end < 0 {
			end = len(line)
		}
		if end == 0 {
			return nil, false
		}
		fields[i], line = line[:end], line[end:]
	}
	return line, true
}

// lowFirst is 1 where the low byte comes first.
var lowFirst = []byte{1, 0}

// parseAddr reads address:port. The address is 32-bit words as they lie in
// memory, each written as a number of this machine; the port is a number.
func parseAddr(order binary.ByteOrder, text []byte) (netip.AddrPort, error) {
	words, port, _ := bytes.Cut(text, []byte(":"))
	var b [16]byte
	if len(words) != 8 && len(words) != 32 {
		return netip.AddrPort{}, fmt.Errorf("address %q has neither 4 nor 16 bytes", text)
	}
	n, err := hex.Decode(b[:], words)
	if err != nil {
		return netip.AddrPort{}, err
	}
	for i := 0; i < n && order.Uint16(lowFirst) == 1; i += 4 {
		slices.Reverse(b[i : i+4])
	}
	number, err := strconv.ParseUint(string(port), 16, 16)
	if err != nil {
		return netip.AddrPort{}, err
	}
	addr, _ := netip.AddrFromSlice(b[:n])
	return netip.AddrPortFrom(addr.Unmap(), uint16(number)), nil
}
