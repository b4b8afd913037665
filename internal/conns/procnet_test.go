package conns

import (
	"encoding/binary"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	heading4 = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     \n"
	heading6 = "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"

	listen4     = "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000  1000        0 70000 1 0000000052799cd2 100 0 0 10 0                      \n"
	established = "   1: 0100007F:1F90 0100007F:CE3A 01 00000000:00000000 00:00000000 00000000     0        0 70001 1 0000000042799cd2 20 4 30 10 -1                     \n"
	timeWait    = "   2: 020200C0:81B2 507100CB:0050 06 00000000:00000000 03:00000F6C 00000000     0        0 0 3 00000000235b4a7c                                      \n"
	listen6     = "   0: 00000000000000000000000001000000:01BB 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 42 1 0000000000000000 100 0 0 10 0\n"
	mapped6     = "   0: 0000000000000000FFFF00000100007F:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 43 1 0000000000000000 100 0 0 10 0\n"
	gvisor      = "   9: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0        0 1 0000000000000000 0 0 0 0 -1\n"
)

func at(addr string, uid uint32, inode uint64, queue uint32) Listener {
	return Listener{Addr: netip.MustParseAddrPort(addr), UID: uid, Inode: inode, Queue: queue}
}

func TestParseTable(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     []Listener
		err      string
	}{
		{"heading only", heading4, nil, ""},
		{"IPv4", heading4 + listen4 + established + timeWait, []Listener{at("127.0.0.1:8080", 1000, 70000, 3)}, ""},
		{"listeners after others", heading4 + timeWait + established + listen4, []Listener{at("127.0.0.1:8080", 1000, 70000, 3)}, ""},
		{"IPv6", heading6 + listen6, []Listener{at("[::1]:443", 0, 42, 0)}, ""},
		{"mapped", heading6 + mapped6, []Listener{at("127.0.0.1:80", 0, 43, 0)}, ""},
		{"no inode", heading4 + gvisor, []Listener{at("127.0.0.1:8080", 0, 0, 0)}, ""},
		{"no newline at the end", heading4 + strings.TrimRight(listen4, " \n"), []Listener{at("127.0.0.1:8080", 1000, 70000, 3)}, ""},
		{"empty", "", nil, "no heading"},
		{"cut in the address", heading4 + listen4[:10], nil, "too few fields"},
		{"cut in the state", heading4 + listen4[:34], nil, "too few fields"},
		{"cut before the inode", heading4 + listen4[:90], nil, "too few fields"},
		{"address of three bytes", heading4 + strings.Replace(listen4, "0100007F", "010000", 1), nil, "neither 4 nor 16"},
		{"address not hexadecimal", heading4 + strings.Replace(listen4, "0100007F", "0100007G", 1), nil, "invalid byte"},
		{"port too large", heading4 + strings.Replace(listen4, ":1F90", ":11F90", 1), nil, "range"},
		{"no port", heading4 + strings.Replace(listen4, ":1F90", "", 1), nil, "syntax"},
		{"no queue", heading4 + strings.Replace(listen4, ":00000003", "", 1), nil, "syntax"},
		{"uid no number", heading4 + strings.Replace(listen4, " 1000 ", " x ", 1), nil, "syntax"},
		{"inode no number", heading4 + strings.Replace(listen4, " 70000 ", " x ", 1), nil, "syntax"},
		{"endless line", heading4 + strings.Repeat(" ", 5000), nil, "buffer full"},
	} {
		got, err := parseTable(binary.LittleEndian, strings.NewReader(tt.in), nil)
		if !slices.Equal(got, tt.want) || (err != nil) != (tt.err != "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: %+v, %v; want %+v, error with %q", tt.name, got, err, tt.want, tt.err)
		}
	}
}

// On a big-endian machine the same addresses are written the other way round,
// and ports and the rest alike.
func TestParseTableBigEndian(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Listener
	}{
		{strings.Replace(listen4, "0100007F", "7F000001", 1), at("127.0.0.1:8080", 1000, 70000, 3)},
		{strings.Replace(listen6, "01000000:", "00000001:", 1), at("[::1]:443", 0, 42, 0)},
		{strings.Replace(mapped6, "FFFF00000100007F", "0000FFFF7F000001", 1), at("127.0.0.1:80", 0, 43, 0)},
	} {
		got, err := parseTable(binary.BigEndian, strings.NewReader(heading4+tt.in), nil)
		if err != nil || !slices.Equal(got, []Listener{tt.want}) {
			t.Errorf("%+v, %v; want %+v", got, err, tt.want)
		}
	}
}

// asHere writes a table's loopback addresses as this machine's kernel would.
func asHere(table string) string {
	if binary.NativeEndian.Uint16([]byte{1, 0}) == 1 {
		return table
	}
	return strings.NewReplacer("0100007F", "7F000001", "01000000:", "00000001:").Replace(table)
}

func TestProcListeners(t *testing.T) {
	for _, tt := range []struct {
		name      string
		tcp, tcp6 string
		want      []Listener
		err       string
	}{
		{"both", heading4 + listen4, heading6 + listen6, []Listener{at("127.0.0.1:8080", 1000, 70000, 3), at("[::1]:443", 0, 42, 0)}, ""},
		{"no IPv6", heading4 + listen4, "", []Listener{at("127.0.0.1:8080", 1000, 70000, 3)}, ""},
		{"no /proc", "", "", nil, "no such file"},
		{"broken", heading4 + "x\n", "", nil, `tcp: row "x": too few fields`},
		{"IPv6 broken", heading4, heading6 + "x\n", nil, "tcp6: row"},
	} {
		dir := t.TempDir()
		for name, text := range map[string]string{"tcp": tt.tcp, "tcp6": tt.tcp6} {
			if text != "" {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(asHere(text)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		got, err := new(table).listeners(dir, nil)
		if !slices.Equal(got, tt.want) || (err != nil) != (tt.err != "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: %+v, %v; want %+v, error with %q", tt.name, got, err, tt.want, tt.err)
		}
	}
}

// FuzzParseTable: whatever comes, every listener has an address.
func FuzzParseTable(f *testing.F) {
	f.Add(heading4 + listen4 + established + timeWait)
	f.Add(heading6 + listen6 + mapped6)
	f.Fuzz(func(t *testing.T, text string) {
		for _, order := range orders {
			list, _ := parseTable(order, strings.NewReader(text), nil)
			for _, l := range list {
				if !l.Addr.IsValid() || l.Addr.Addr().Is4In6() {
					t.Errorf("address %v", l.Addr)
				}
			}
		}
	})
}
