package front

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
)

// A Target is where the program listens: "tcp" and "127.0.0.1:8081", or "unix"
// and "/run/app.sock". None: it is not known yet.
type Target struct{ Network, Address string }

// Localhost is the target of a program that listens on a port of either loopback address.
func Localhost(port uint16) Target {
	return Target{"tcp", net.JoinHostPort(localhost, strconv.Itoa(int(port)))}
}

const localhost = "localhost"

// Known reports whether there is a target.
func (t Target) Known() bool { return t.Network != "" }

// Addrs are the addresses of which the program listens on one, in the order in which
// they are tried: localhost is two, a name or a socket's path none that is known here.
func (t Target) Addrs() []netip.AddrPort {
	if host, port, err := net.SplitHostPort(t.Address); err == nil && t.Network == "tcp" && host == localhost {
		n, _ := portNumber(port)
		return []netip.AddrPort{netip.AddrPortFrom(loopback4, n), netip.AddrPortFrom(netip.IPv6Loopback(), n)}
	}
	if addr, err := netip.ParseAddrPort(t.Address); err == nil && t.Network == "tcp" {
		return []netip.AddrPort{addr}
	}
	return nil
}

var loopback4 = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// String is the target as --front has it.
func (t Target) String() string {
	if t.Network == "unix" {
		return "unix:" + t.Address
	}
	return t.Address
}

// ParseRoute reads LISTEN=TARGET, or LISTEN alone, for a target that is not known yet.
// LISTEN is [HOST]:PORT. TARGET is [HOST]:PORT, a bare PORT (both of this machine where
// no host is given), or unix:/PATH. The errors name the value and what would be right.
func ParseRoute(s string) (listen string, t Target, err error) {
	listen, target, given := strings.Cut(s, "=")
	if _, err := hostPort(listen); err != nil {
		return "", Target{}, fmt.Errorf("%q: LISTEN %q: %w; an address like :8080 or 0.0.0.0:8080 is meant", s, listen, err)
	}
	if !given {
		return listen, Target{}, nil
	}
	t, err = parseTarget(target)
	if err != nil {
		return "", Target{}, fmt.Errorf("%q: TARGET %q: %w", s, target, err)
	}
	if sameAddress(listen, t.Address) {
		return "", Target{}, fmt.Errorf("%q: LISTEN and TARGET are the same; move the program to another port, "+
			"as :8080=127.0.0.1:8081", s)
	}
	return listen, t, nil
}

// parseTarget reads what stands right of the equals sign.
func parseTarget(s string) (Target, error) {
	if path, ok := strings.CutPrefix(s, "unix:"); ok {
		return unixTarget(path)
	}
	if strings.HasPrefix(s, "/") {
		return unixTarget(s)
	}
	if strings.Contains(s, "://") {
		return Target{}, errors.New("an address is meant and no URL, as 127.0.0.1:8081")
	}
	if _, err := portNumber(s); err == nil {
		s = ":" + s
	}
	host, err := hostPort(s)
	if err != nil {
		return Target{}, fmt.Errorf("%w; an address like 127.0.0.1:8081 or unix:/run/app.sock is meant", err)
	}
	if host == "" {
		s = "127.0.0.1" + s
	}
	if strings.EqualFold(host, localhost) {
		s = strings.ToLower(s)
	}
	return Target{"tcp", s}, nil
}

// unixTarget checks a socket's path, see unix(7) for its length.
func unixTarget(path string) (Target, error) {
	switch {
	case !filepath.IsAbs(path):
		return Target{}, errors.New("the path of a socket begins with /, as unix:/run/app.sock")
	case len(path) > 107:
		return Target{}, fmt.Errorf("the path of a socket has 107 bytes at most, this one %d", len(path))
	}
	return Target{"unix", path}, nil
}

// hostPort checks HOST:PORT and returns the host, which may be empty.
func hostPort(s string) (host string, err error) {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return "", errors.New("no HOST:PORT")
	}
	if _, err := portNumber(port); err != nil {
		return "", err
	}
	return host, nil
}

func portNumber(s string) (uint16, error) {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("%q is no port from 1 to 65535", s)
	}
	return uint16(n), nil
}

// sameAddress reports whether a connection to target would reach a listener on
// listen for sure.
func sameAddress(listen, target string) bool {
	lh, lp, _ := net.SplitHostPort(listen)
	th, tp, _ := net.SplitHostPort(target)
	if lp != tp {
		return false
	}
	if lh == th {
		return true
	}
	l, t := net.ParseIP(lh), net.ParseIP(th)
	return t.IsLoopback() && (lh == "" || l.IsUnspecified())
}
