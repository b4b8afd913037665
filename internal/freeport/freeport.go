// Package freeport chooses a TCP port of this network namespace for a program that is
// told which, and will listen on it a while later.
package freeport

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

const (
	// First is the port that is chosen where nothing speaks against it: outside those
	// that Linux hands out by itself and those of Kubernetes' node ports (30000 to
	// 32767), with neighbours that IANA has given to nobody, and 10143, where probes
	// are served, with another beginning.
	First = 20143

	// span is how many ports are tried.
	span = 256
)

// Choose returns a port on which nothing listens at any address, and which the kernel
// gives to no connection by itself, if there is such a one. No other drainit of this
// network namespace chooses it as long as this process lives. What is not to be chosen
// besides is asked.
func Choose(taken func(port uint16) bool) (uint16, error) {
	first := begin(ephemeral())
	for port := first; port < first+span; port++ {
		if taken(uint16(port)) {
			continue
		}
		claimed, err := claim(port)
		switch {
		case err == unix.EADDRINUSE:
			continue
		case err != nil:
			return 0, err
		case isFree(port):
			return uint16(port), nil // and the claim stays open
		}
		unix.Close(claimed)
	}
	return 0, fmt.Errorf("none of the ports %d to %d is free", first, first+span-1)
}

// ephemeral is the range of ports that the kernel hands out by itself, or Linux' own
// where that cannot be read (ip_local_port_range, ip-sysctl.rst).
func ephemeral() (low, high int) {
	text, _ := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if words := strings.Fields(string(text)); len(words) == 2 {
		low, _ = strconv.Atoi(words[0])
		high, _ = strconv.Atoi(words[1])
	}
	if low <= 0 || high < low {
		return 32768, 60999
	}
	return low, high
}

// begin is the first port to be tried: from it on span ports are outside the range that
// the kernel hands out, unless that leaves no room.
func begin(low, high int) int {
	const lowest, highest = 1024, 65535
	switch {
	case First+span <= low || high < First:
		return First
	case lowest+span <= low:
		return low - span
	case high+span <= highest:
		return high + 1
	}
	return First
}

// isFree reports whether a socket can be bound to the port at every address, without
// what lets a socket share a port or take one over from a connection that has just
// ended (SO_REUSEPORT, SO_REUSEADDR: socket(7)). For a moment nobody else can bind it, so
// it is only asked of a port that is claimed: no other drainit's program is about to.
func isFree(port int) bool {
	err := bind(unix.AF_INET6, &unix.SockaddrInet6{Port: port})
	if err != nil && err != unix.EADDRINUSE { // no IPv6 here
		err = bind(unix.AF_INET, &unix.SockaddrInet4{Port: port})
	}
	return err == nil
}

func bind(family int, at unix.Sockaddr) error {
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if family == unix.AF_INET6 {
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 0); err != nil {
			return err
		}
	}
	return unix.Bind(fd, at)
}

// claim binds a name that stands for the port, and that goes with this process: an
// abstract socket of the network namespace (unix(7)). A reservation of the port itself
// would keep programs from it that do not set SO_REUSEADDR.
func claim(port int) (fd int, err error) {
	fd, err = unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	if err := unix.Bind(fd, &unix.SockaddrUnix{Name: "@drainit-port/" + strconv.Itoa(port)}); err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}
