package conns

import (
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// steady is what a Finder is asked in the steady state, of the real kernel.
var steady = map[string]struct {
	finder  func(own Listener) *Finder
	ports   func(child Listener) []uint16
	listens bool
}{
	"found": {func(own Listener) *Finder {
		return &Finder{Own: func(l Listener) bool { return l.Inode == own.Inode }}
	}, func(Listener) []uint16 { return nil }, true},
	"found by /proc/net": {func(own Listener) *Finder {
		f := &Finder{Own: func(l Listener) bool { return l.Inode == own.Inode }}
		f.list = func() (list []Listener, err error) {
			f.kept.lister.list, err = f.kept.lister.table.listeners("/proc/net", f.kept.lister.list[:0])
			f.kept.lister.list.normalize()
			return f.kept.lister.list, err
		}
		return f
	}, func(Listener) []uint16 { return nil }, true},
	"ports given": {func(Listener) *Finder { return new(Finder) },
		func(child Listener) []uint16 { return []uint16{child.Addr.Port()} }, true},
	"ports given, not listened on": {func(Listener) *Finder { return new(Finder) },
		func(child Listener) []uint16 { return []uint16{child.Addr.Port(), 1, 2} }, false},
	"nothing but drainit's own": {func(Listener) *Finder {
		return &Finder{Own: func(Listener) bool { return true }}
	}, func(Listener) []uint16 { return nil }, false},
	"others alone, so that each answer takes a look": {func(Listener) *Finder {
		processes, sockets := []int{os.Getpid()}, map[uint64]bool{1: true}
		return &Finder{
			Processes: func() []int { return processes },
			Inodes:    func(int) (map[uint64]bool, error) { return sockets, nil },
		}
	}, func(Listener) []uint16 { return nil }, false},
}

// asking returns what asks a Finder, and fails where the answer is wrong.
func asking(tb testing.TB, name string) func() {
	_, own := listen(tb, "tcp4", "127.0.0.1:0")
	_, child := listen(tb, "tcp4", "127.0.0.1:0")
	f, ports := steady[name].finder(own), steady[name].ports(child)
	if f.Processes == nil {
		f.Processes = func() []int { return []int{os.Getpid()} }
		f.Inodes = func(int) (map[uint64]bool, error) { return map[uint64]bool{child.Inode: true}, nil }
	}
	return func() {
		if ok, detail := f.Listening(ports); ok != steady[name].listens {
			tb.Fatalf("%s: %v, %s", name, ok, detail)
		}
	}
}

// garbage returns how many allocations an answer takes. Listeners that come and go on
// the machine make some: the least of a few times counts.
func garbage(ask func()) float64 {
	least := testing.AllocsPerRun(20, ask)
	for tries := 1; tries < 10 && least > 0; tries++ {
		least = min(least, testing.AllocsPerRun(20, ask))
	}
	return least
}

// TestNoGarbage: see that of internal/probe.
func TestNoGarbage(t *testing.T) {
	for name := range steady {
		ask := asking(t, name)
		ask()
		if n := garbage(ask); n != 0 {
			t.Errorf("%s: %v allocations for an answer, want none", name, n)
		}
	}
}

// TestRefusedMakesNoGarbage: where sock_diag(7) is refused, each time anew.
func TestRefusedMakesNoGarbage(t *testing.T) {
	runtime.LockOSThread() // for good: the thread ends with the test
	refuseNetlink(t, unix.EPERM)
	ask := asking(t, "found")
	ask()
	if n := garbage(ask); n != 0 {
		t.Errorf("%v allocations for an answer, want none", n)
	}
}

// TestStopsListening: the answer that is kept in words is no answer that is kept.
func TestStopsListening(t *testing.T) {
	l, child := listen(t, "tcp4", "127.0.0.1:0")
	f := &Finder{
		Processes: func() []int { return []int{os.Getpid()} },
		Inodes:    func(int) (map[uint64]bool, error) { return map[uint64]bool{child.Inode: true}, nil },
	}
	port := child.Addr.Port()
	for _, ports := range [][]uint16{nil, {port}, nil, {port}} {
		if ok, detail := f.Listening(ports); !ok || detail != "listening on "+itoa(int(port)) {
			t.Errorf("%v, while it listens: %v, %s", ports, ok, detail)
		}
	}
	for _, missing := range []uint16{1, 2} {
		want := "port " + itoa(int(missing)) + " is not listened on"
		if ok, detail := f.Listening([]uint16{port, missing}); ok || detail != want {
			t.Errorf("and %d: %v, %s; want %s", missing, ok, detail, want)
		}
	}
	l.Close()
	for _, ports := range [][]uint16{nil, {child.Addr.Port()}} {
		if ok, detail := f.Listening(ports); ok {
			t.Errorf("%v, right after the end: %s", ports, detail)
		}
	}
}

func BenchmarkSteady(b *testing.B) {
	for name := range steady {
		b.Run(name, func(b *testing.B) {
			ask := asking(b, name)
			ask()
			b.ReportAllocs()
			for b.Loop() {
				ask()
			}
		})
	}
}
