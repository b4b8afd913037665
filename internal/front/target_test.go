package front

import (
	"strings"
	"testing"
)

func TestParseRoute(t *testing.T) {
	for _, tt := range []struct{ in, listen, network, address string }{
		{":8080=127.0.0.1:8081", ":8080", "tcp", "127.0.0.1:8081"},
		{"0.0.0.0:80=8081", "0.0.0.0:80", "tcp", "127.0.0.1:8081"},
		{"[::]:80=:8081", "[::]:80", "tcp", "127.0.0.1:8081"},
		{":80=[::1]:8081", ":80", "tcp", "[::1]:8081"},
		{":80=app:8081", ":80", "tcp", "app:8081"},
		{":80=Localhost:8081", ":80", "tcp", "localhost:8081"},
		{":80", ":80", "", ""},
		{":80=unix:/run/app.sock", ":80", "unix", "/run/app.sock"},
		{":80=unix:/" + strings.Repeat("a", 106), ":80", "unix", "/" + strings.Repeat("a", 106)},
		{":80=/run/a=b.sock", ":80", "unix", "/run/a=b.sock"},
		{"10.0.0.1:80=127.0.0.1:80", "10.0.0.1:80", "tcp", "127.0.0.1:80"},
	} {
		listen, target, err := ParseRoute(tt.in)
		if listen != tt.listen || target != (Target{tt.network, tt.address}) || err != nil {
			t.Errorf("%s: %q %v %v", tt.in, listen, target, err)
		}
	}
	for _, tt := range []struct{ in, says string }{
		{"", "an address like :8080"},
		{"8080", "an address like :8080"},
		{"8080=8081", "an address like :8080"},
		{":0=8081", `"0" is no port from 1 to 65535`},
		{":http=8081", `"http" is no port`},
		{":80=", "an address like 127.0.0.1:8081 or unix:/run/app.sock is meant"},
		{":80=127.0.0.1", "an address like 127.0.0.1:8081"},
		{":80=127.0.0.1:99999", `"99999" is no port`},
		{":80=http://127.0.0.1:8081", "no URL"},
		{":80=unix:run/app.sock", "begins with /"},
		{":80=unix:/" + strings.Repeat("a", 107), "107 bytes at most, this one 108"},
		{":80=:80", "LISTEN and TARGET are the same"},
		{":80=127.0.0.1:80", "are the same"},
		{"127.0.0.1:80=127.0.0.1:80", "are the same"},
	} {
		if _, _, err := ParseRoute(tt.in); err == nil || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), tt.in) {
			t.Errorf("%q: %v; want %q", tt.in, err, tt.says)
		}
	}
}
