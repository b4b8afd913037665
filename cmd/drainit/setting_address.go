package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// setProbeAddr reads an address to listen on, or "off".
func setProbeAddr(c *config, v string) error {
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

// parseAddress reads ":10143", "127.0.0.1:10143", "[::1]:10143" or a bare port.
// Names are not accepted: what they stand for is not drainit's to decide, and in
// an image from scratch nothing says it.
func parseAddress(v string) (string, error) {
	if strings.Contains(v, "/") {
		return "", errors.New("not an address; write ADDRESS:PORT without a scheme or path, such as :" + probePort)
	}
	host, port := "", v
	if strings.Trim(v, "0123456789") != "" {
		var err error
		if host, port, err = net.SplitHostPort(v); err != nil {
			return "", addressWithoutPort(v)
		}
	}
	if _, err := parsePort(port); err != nil {
		return "", fmt.Errorf("port %q: a port is 1 to 65535", port)
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
		return fmt.Errorf("missing port; did you mean %s?", net.JoinHostPort(ip.String(), probePort))
	}
	return errors.New("not an address; write ADDRESS:PORT or :PORT, such as :" + probePort + ", or off")
}

// dialable returns the address at which what listens on addr can be reached
// from here: a wildcard is the loopback address.
func dialable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
