package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// SetProbeAddr reads an address to listen on, or "off".
func SetProbeAddr(c *Config, v string) error {
	if v == "off" {
		c.ProbeAddr = ""
		return nil
	}
	addr, err := parseAddress(v)
	if err == nil {
		c.ProbeAddr = addr
	}
	return err
}

// parseAddress reads ":10143", "127.0.0.1:10143", "[::1]:10143" or a bare port; 0 is
// one that the kernel chooses.
// Names are not accepted: what they stand for is not drainit's to decide, and in
// an image from scratch nothing says it.
func parseAddress(v string) (string, error) {
	if strings.Contains(v, "/") {
		return "", errors.New("not an address; write ADDRESS:PORT without a scheme or path, such as :" + ProbePort)
	}
	host, port := "", v
	if strings.Trim(v, "0123456789") != "" {
		var err error
		if host, port, err = net.SplitHostPort(v); err != nil {
			return "", addressWithoutPort(v)
		}
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "", fmt.Errorf("port %q: a port is 1 to 65535, or 0 for one that is free", port)
	}
	if host == "localhost" {
		return "", fmt.Errorf("a name, not an address; did you mean 127.0.0.1:%s?", port)
	}
	if _, err := netip.ParseAddr(host); err != nil && host != "" {
		return "", fmt.Errorf("%q is not an IP address; write :%s for all addresses, 127.0.0.1:%[2]s for this container or pod alone", host, port)
	}
	return net.JoinHostPort(host, port), nil
}

func addressWithoutPort(v string) error {
	if ip, err := netip.ParseAddr(strings.Trim(v, "[]")); err == nil {
		return fmt.Errorf("missing port; did you mean %s?", net.JoinHostPort(ip.String(), ProbePort))
	}
	return errors.New("not an address; write ADDRESS:PORT or :PORT, such as :" + ProbePort + ", or off")
}

// Dialable returns the address at which what listens on addr can be reached
// from here: a wildcard is the loopback address.
func Dialable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// PortIsChosen reports whether the kernel chooses the port of an address.
func PortIsChosen(addr string) bool {
	_, port, err := net.SplitHostPort(addr)
	return err == nil && port == "0"
}
