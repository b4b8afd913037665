package conns

import (
	"context"
	"net"
	"net/netip"
	"os"
	"reflect"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// listen opens a real listener and returns how it should be listed.
func listen(t testing.TB, network, address string) (net.Listener, Listener) {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	var st unix.Stat_t
	raw, err := l.(*net.TCPListener).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) { err = unix.Fstat(int(fd), &st) })
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().(*net.TCPAddr).AddrPort()
	return l, Listener{Addr: addr, UID: uint32(os.Geteuid()), Inode: st.Ino}
}

// find returns the one listener of list with the inode of want, without its
// backlog, which is the machine's affair.
func find(t *testing.T, list []Listener, want Listener) Listener {
	t.Helper()
	var found []Listener
	for _, l := range list {
		if l.Inode == want.Inode {
			l.Backlog = 0
			found = append(found, l)
		}
	}
	if len(found) != 1 {
		t.Fatalf("listed %v of inode %d, want one", found, want.Inode)
	}
	return found[0]
}

func diagListeners() ([]Listener, error) { return new(lister).diag(nil) }

// ways are the two ways to the same facts.
var ways = map[string]func() ([]Listener, error){
	"sock_diag": diagListeners,
	"proc":      func() ([]Listener, error) { return new(table).listeners("/proc/net", nil) },
	"exported":  Listeners,
}

func TestListeners(t *testing.T) {
	for _, tt := range []struct{ network, address, want string }{
		{"tcp4", "127.0.0.1:0", "127.0.0.1"},
		{"tcp4", "127.1.2.3:0", "127.1.2.3"},
		{"tcp4", "0.0.0.0:0", "0.0.0.0"},
		{"tcp6", "[::1]:0", "::1"},
		{"tcp6", "[::]:0", "::"},
		{"tcp", ":0", "::"}, // both families in one socket
	} {
		if strings.Contains(tt.want, ":") && !hasIPv6() {
			continue
		}
		_, want := listen(t, tt.network, tt.address)
		if got := want.Addr.Addr(); got != netip.MustParseAddr(tt.want) {
			t.Fatalf("%s %s listens on %v, want %s", tt.network, tt.address, got, tt.want)
		}
		for way, list := range ways {
			got, err := list()
			if err != nil {
				t.Fatalf("%s: %v", way, err)
			}
			if got := find(t, got, want); got != want {
				t.Errorf("%s, %s %s: %+v, want %+v", way, tt.network, tt.address, got, want)
			}
		}
	}
}

func hasIPv6() bool {
	l, err := net.Listen("tcp6", "[::1]:0")
	if err == nil {
		l.Close()
	}
	return err == nil
}

// An IPv4 address given to an IPv6 socket is still that IPv4 address.
func TestMappedListener(t *testing.T) {
	if !hasIPv6() {
		t.Skip("needs IPv6")
	}
	fd, err := unix.Socket(unix.AF_INET6, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	mapped := netip.MustParseAddr("::ffff:127.0.0.1").As16()
	if err := unix.Bind(fd, &unix.SockaddrInet6{Addr: mapped}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Listen(fd, 7); err != nil {
		t.Fatal(err)
	}
	name, _ := unix.Getsockname(fd)
	var st unix.Stat_t
	unix.Fstat(fd, &st)
	want := Listener{Inode: st.Ino, UID: uint32(os.Geteuid()),
		Addr: netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(name.(*unix.SockaddrInet6).Port))}
	for way, list := range ways {
		got, err := list()
		if err != nil {
			t.Fatalf("%s: %v", way, err)
		}
		if got := find(t, got, want); got != want {
			t.Errorf("%s: %+v, want %+v", way, got, want)
		}
	}
	all, err := diagListeners()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		if l.Inode == want.Inode && l.Backlog != 7 {
			t.Errorf("backlog %d, want the 7 of listen(2)", l.Backlog)
		}
	}
}

func TestQueue(t *testing.T) {
	l, want := listen(t, "tcp4", "127.0.0.1:0")
	for range 3 {
		c, err := net.Dial("tcp4", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	for _, queue := range []uint32{3, 2} {
		want.Queue = queue
		for way, list := range ways {
			// The server's side of the handshake may lag behind the client's.
			var got Listener
			for range 100 {
				all, err := list()
				if err != nil {
					t.Fatalf("%s: %v", way, err)
				}
				if got = find(t, all, want); got.Queue == queue {
					break
				}
				runtime.Gosched()
			}
			if got != want {
				t.Errorf("%s: %+v, want %+v", way, got, want)
			}
		}
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
}

// Connections are no listeners, and a closed listener is none either.
func TestOnlyListeners(t *testing.T) {
	l, want := listen(t, "tcp4", "127.0.0.1:0")
	c, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for way, list := range ways {
		got, err := list()
		if err != nil {
			t.Fatal(err)
		}
		if n := len(filter(got, func(l Listener) bool { return l.Addr.Port() == want.Addr.Port() })); n != 1 {
			t.Errorf("%s: %d listeners on the port, want 1", way, n)
		}
	}
	l.Close()
	for way, list := range ways {
		got, err := list()
		if err != nil {
			t.Fatal(err)
		}
		if n := len(filter(got, func(l Listener) bool { return l.Inode == want.Inode })); n != 0 {
			t.Errorf("%s: %d listeners after close, want none", way, n)
		}
	}
}

// More than fits in one datagram, and both ways agree on every row.
func TestManyListeners(t *testing.T) {
	mine := make(map[uint64]bool)
	for range 300 {
		_, l := listen(t, "tcp4", "127.0.0.1:0")
		mine[l.Inode] = true
	}
	lists := make(map[string][]Listener)
	for way, list := range ways {
		all, err := list()
		if err != nil {
			t.Fatalf("%s: %v", way, err)
		}
		sorted := listing(all)
		sorted.normalize()
		for _, l := range sorted {
			if mine[l.Inode] {
				lists[way] = append(lists[way], l.identity())
			}
		}
		if len(lists[way]) != len(mine) {
			t.Errorf("%s: %d rows, want %d", way, len(lists[way]), len(mine))
		}
	}
	if !reflect.DeepEqual(lists["sock_diag"], lists["proc"]) {
		t.Error("sock_diag and /proc/net/tcp disagree")
	}
}

// A container whose seccomp filter refuses netlink still sees its listeners.
func TestListenersWithoutNetlink(t *testing.T) {
	_, want := listen(t, "tcp4", "127.0.0.1:0")
	for _, errno := range []unix.Errno{unix.EPERM, unix.EACCES, unix.EPROTONOSUPPORT} {
		t.Run(unix.ErrnoName(errno), func(t *testing.T) {
			runtime.LockOSThread() // for good: the thread ends with the test
			refuseNetlink(t, errno)
			if _, err := diagListeners(); err == nil || !strings.Contains(err.Error(), errno.Error()) {
				t.Fatalf("sock_diag = %v, want %v", err, errno)
			}
			all, err := Listeners()
			if err != nil {
				t.Fatal(err)
			}
			if got := find(t, all, want); got != want {
				t.Errorf("%+v, want %+v", got, want)
			}
		})
	}
}

// refuseNetlink makes socket(AF_NETLINK) fail on the calling thread, seccomp(2).
func refuseNetlink(t *testing.T, errno unix.Errno) {
	t.Helper()
	if runtime.GOARCH == "386" || runtime.GOARCH == "s390x" {
		t.Skip("needs a socket(2) that is not part of socketcall(2)")
	}
	firstArgument := uint32(16) // low half of args[0] in struct seccomp_data
	if one := uint16(1); *(*byte)(unsafe.Pointer(&one)) == 0 {
		firstArgument += 4
	}
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 3, K: unix.SYS_SOCKET},
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: firstArgument},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 1, K: unix.AF_NETLINK},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(errno)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	_, _, e := syscall.RawSyscall(syscall.SYS_PRCTL, unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)))
	if e != 0 {
		t.Skipf("needs seccomp filters: %v", e)
	}
}

func TestNormal(t *testing.T) {
	at := func(addr string, inode uint64, queue uint32) Listener {
		return Listener{Addr: netip.MustParseAddrPort(addr), Inode: inode, Queue: queue}
	}
	got := listing{at("[::]:80", 3, 0), at("0.0.0.0:90", 2, 0), at("0.0.0.0:80", 9, 1), at("0.0.0.0:80", 1, 0), at("0.0.0.0:80", 9, 2)}
	got.normalize()
	want := []Listener{at("0.0.0.0:80", 1, 0), at("0.0.0.0:80", 9, 1), at("0.0.0.0:90", 2, 0), at("[::]:80", 3, 0)}
	if len(got) != len(want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i := range want {
		if got[i].identity() != want[i].identity() {
			t.Errorf("row %d: %v, want %v", i, got[i], want[i])
		}
	}
}

func BenchmarkListeners(b *testing.B) {
	for _, n := range []int{0, 1000} {
		l, _ := listen(b, "tcp4", "127.0.0.1:0")
		connect(b, l, n)
		for _, way := range []string{"sock_diag", "proc"} {
			b.Run(way+"/connections="+itoa(n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := ways[way](); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func itoa(n int) string { return commas([]uint16{uint16(n)}) }

// connect opens n connections and holds both ends until the test is over.
func connect(b *testing.B, l net.Listener, n int) {
	ctx := context.Background()
	for range n {
		c, err := new(net.Dialer).DialContext(ctx, "tcp4", l.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { c.Close() })
		s, err := l.Accept()
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { s.Close() })
	}
}
