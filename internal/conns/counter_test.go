package conns

import (
	"net"
	"strings"
	"testing"
)

func TestPassiveOpens(t *testing.T) {
	l, _ := listen(t, "tcp4", "127.0.0.1:0")
	before, err := PassiveOpens()
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		c, err := net.Dial("tcp4", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		s, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
	}
	after, err := PassiveOpens()
	if err != nil || after < before+5 { // others in this namespace count as well
		t.Errorf("PassiveOpens from %d to %d, %v; want 5 more at least", before, after, err)
	}
}

func TestParseCounter(t *testing.T) {
	const head = "Ip: Forwarding PassiveOpens\nIp: 1 77\nTcp: ActiveOpens PassiveOpens\n"
	for _, tt := range []struct {
		text string
		want uint64
		err  string
	}{
		{head + "Tcp: 5 18446744073709551615\nUdp: x\nUdp: 1\n", 1<<64 - 1, ""},
		{head + "Tcp: 5\n", 0, "no counter"},
		{head, 0, "no counter"},
		{"", 0, "no counter"},
		{"Tcp: ActiveOpens\nTcp: 5\n", 0, "no counter"},
		{head + "Tcp: 5 -1\n", 0, "syntax"},
	} {
		got, err := parseCounter(strings.NewReader(tt.text), "Tcp:", "PassiveOpens")
		if got != tt.want || (err != nil) != (tt.err != "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%q: %d, %v; want %d, error with %q", tt.text, got, err, tt.want, tt.err)
		}
	}
}
