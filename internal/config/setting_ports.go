package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// setPorts reads a list of TCP ports, "none", or "found".
func setPorts(c *Config, v string) error {
	if v == "found" {
		c.Ports, c.PortsNone = nil, false
		return nil
	}
	if v == "none" {
		c.Ports, c.PortsNone = nil, true
		return nil
	}
	var ports []uint16
	for part := range strings.SplitSeq(v, ",") {
		port, err := parsePort(strings.TrimSpace(part))
		if err != nil {
			return err
		}
		if !slices.Contains(ports, port) {
			ports = append(ports, port)
		}
	}
	c.Ports, c.PortsNone = ports, false
	return nil
}

func parsePort(s string) (uint16, error) {
	if n, err := strconv.ParseUint(s, 10, 16); err == nil && n > 0 {
		return uint16(n), nil
	}
	digits, _ := leading(s, unicode.IsDigit)
	rest := s[len(digits):]
	switch {
	case s == "":
		return 0, errors.New("a port is missing; write a list such as 8080,9090, or none")
	case rest == "":
		return 0, fmt.Errorf("%s is no port; a port is 1 to 65535", s)
	case digits != "" && strings.Trim(rest, "0123456789 ;:") == "":
		return 0, fmt.Errorf("%q is no port; put commas between ports: 8080,9090", s)
	case digits != "" && strings.HasPrefix(rest, "-"):
		return 0, fmt.Errorf("%q is no port; ranges are not accepted, write each port: 8080,8081", s)
	case digits != "" && strings.EqualFold(rest, "/tcp"):
		return 0, fmt.Errorf("%q is no port; did you mean %s?", s, digits)
	}
	return 0, fmt.Errorf("%q is no port; write numbers such as 8080,9090, or none", s)
}
