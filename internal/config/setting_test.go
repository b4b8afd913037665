package config

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"testing"
)

func FuzzPorts(f *testing.F) {
	for _, s := range []string{"8080", "8080, 9090", "none", "found", "0", "65535,65536", ",", "80/tcp", "80-90", "٣"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var c Config
		if err := setPorts(&c, s); err != nil {
			if c.Ports != nil || c.PortsNone || strings.Contains(err.Error(), "\n") && !strings.Contains(s, "\n") {
				t.Errorf("setPorts(%q): %v, and still %v, %v", s, err, c.Ports, c.PortsNone)
			}
			return
		}
		if c.PortsNone != (s == "none") || (c.Ports == nil) != (s == "none" || s == "found") || slices.Contains(c.Ports, 0) {
			t.Fatalf("setPorts(%q) = %v, none %v", s, c.Ports, c.PortsNone)
		}
		list := strings.ReplaceAll(strings.Trim(fmt.Sprint(c.Ports), "[]"), " ", ",")
		var again Config
		if err := setPorts(&again, list); c.Ports != nil && (err != nil || !slices.Equal(again.Ports, c.Ports)) {
			t.Errorf("setPorts(%q) = %v, which reads as %v, %v", s, c.Ports, again.Ports, err)
		}
	})
}

func FuzzRemapExit(f *testing.F) {
	for _, s := range []string{"143=0", "143=0, 130=0", "none", "256=0", "1=1,1=2", "=", "-1=0", "+1=0", "TERM=0", "1=0=0", "143=1, clean=0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var c Config
		if err := setRemapExit(&c, s); err != nil {
			if c.RemapExit != nil {
				t.Errorf("setRemapExit(%q): %v, and still %v", s, err, c.RemapExit)
			}
			return
		}
		var list []string
		for from, to := range c.RemapExit {
			if from != from&255 && from != CleanStatus || to != to&255 {
				t.Errorf("setRemapExit(%q) has %d=%d", s, from, to)
			}
			if from == CleanStatus {
				list = append(list, fmt.Sprintf("clean=%d", to))
				continue
			}
			list = append(list, fmt.Sprintf("%d=%d", from, to))
		}
		if list == nil {
			list = []string{"none"}
		}
		var again Config
		if err := setRemapExit(&again, strings.Join(list, ",")); err != nil || !maps.Equal(again.RemapExit, c.RemapExit) {
			t.Errorf("setRemapExit(%q) = %v, which reads as %v, %v", s, c.RemapExit, again.RemapExit, err)
		}
	})
}

// All statuses can be mapped from and to.
func TestRemapExitDomain(t *testing.T) {
	for n := range 256 {
		var c Config
		if err := setRemapExit(&c, fmt.Sprintf("%d=%d", n, 255-n)); err != nil || c.RemapExit[n] != 255-n {
			t.Errorf("%d=%d: got %v, %v", n, 255-n, c.RemapExit, err)
		}
	}
}

func TestProbeAddr(t *testing.T) {
	for in, want := range map[string]struct{ addr, dial string }{
		":10143":           {":10143", "127.0.0.1:10143"},
		"10143":            {":10143", "127.0.0.1:10143"},
		"127.0.0.1:10143":  {"127.0.0.1:10143", "127.0.0.1:10143"},
		"[::1]:10143":      {"[::1]:10143", "[::1]:10143"},
		"0.0.0.0:1":        {"0.0.0.0:1", "127.0.0.1:1"},
		"[::]:65535":       {"[::]:65535", "127.0.0.1:65535"},
		"10.1.2.3:80":      {"10.1.2.3:80", "10.1.2.3:80"},
		"0":                {":0", "127.0.0.1:0"},
		"[fe80::1%eth0]:1": {"[fe80::1%eth0]:1", "[fe80::1%eth0]:1"},
	} {
		got, err := parseAddress(in)
		if got != want.addr || err != nil {
			t.Errorf("parseAddress(%q) = %q, %v; want %q", in, got, err, want.addr)
		}
		if got := Dialable(got); got != want.dial {
			t.Errorf("dialable(%q) = %q, want %q", want.addr, got, want.dial)
		}
		if _, err := net.ResolveTCPAddr("tcp", got); err != nil && !strings.Contains(in, "%") {
			t.Errorf("parseAddress(%q) = %q, which cannot be listened on: %v", in, got, err)
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"ports", "map", "group", "log-level", "log-format", "grace-period", "drain-delay"}
	for in, want := range map[string]string{
		"port": "ports", "prots": "ports", "sports": "ports", "mpa": "map", "gruop": "group",
		"loglevel": "log-level", "log-levle": "log-level", "grace": "grace-period", "delay": "drain-delay",
		"drain-dealy": "drain-delay", "log": "", "l": "", "": "", "quux": "", "timeout": "",
	} {
		if got := Nearest(in, words); got != want {
			t.Errorf("nearest(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSlips(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"ab", "ab", 0}, {"ab", "ba", 1}, {"ab", "ac", 1},
		{"ab", "acb", 1}, {"kitten", "sitting", 3}, {"abcd", "badc", 2},
	} {
		if got := slips(tt.a, tt.b); got != tt.want {
			t.Errorf("slips(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := slips(tt.b, tt.a); got != tt.want {
			t.Errorf("slips(%q, %q) = %d, want %d", tt.b, tt.a, got, tt.want)
		}
	}
}
