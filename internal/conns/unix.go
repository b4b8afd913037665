package conns

import (
	"bytes"
	"os"
	"strconv"
)

// acceptsConnections is __SO_ACCEPTCON in the flags of /proc/net/unix: the socket
// listens (include/uapi/linux/net.h).
const acceptsConnections = 1 << 16

// UnixListeners returns the inodes of the unix sockets of this network namespace
// that are listened on.
func UnixListeners() (map[uint64]bool, error) {
	return unixListeners("/proc/net/unix")
}

// unixListeners reads "Num: RefCount Protocol Flags Type St Inode Path",
// proc_pid_net(5): numbers in hexadecimal, but for the inode.
func unixListeners(name string) (map[uint64]bool, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	listeners := make(map[uint64]bool)
	return listeners, eachLine(f, func(line []byte) error {
		fields := bytes.Fields(line)
		if len(fields) < 7 {
			return nil
		}
		flags, err := strconv.ParseUint(string(fields[3]), 16, 64)
		if err != nil {
			return nil // the heading
		}
		inode, err := strconv.ParseUint(string(fields[6]), 10, 64)
		if err == nil && flags&acceptsConnections != 0 {
			listeners[inode] = true
		}
		return nil
	})
}
