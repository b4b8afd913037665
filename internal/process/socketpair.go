package process

import (
	"encoding/json"
	"os"

	"golang.org/x/sys/unix"
)

// SocketPair returns both ends of a socket that keeps datagrams in their order
// (SOCK_SEQPACKET, unix(7)).
func SocketPair(name string) (ours, theirs *os.File, err error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	return os.NewFile(uintptr(pair[0]), name), os.NewFile(uintptr(pair[1]), name), nil
}

// Encode returns a message as a datagram.
func Encode(message any) []byte {
	b, err := json.Marshal(message)
	if err != nil {
		return nil // there is nothing in it that could not be written
	}
	return b
}
