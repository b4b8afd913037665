package conns

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// world is what a Finder is told, and counts how often it asked.
type world struct {
	list    []Listener
	listErr error
	files   map[int]map[uint64]bool // inodes by PID; a PID with nil has ended
	hidden  []int                   // PIDs whose files are hidden
	failing error                   // instead of hidden
	uid     int                     // -1 for unknown

	lists, looks, asked int
}

var hiddenErr = &fs.PathError{Op: "open", Path: "/proc/9/fd", Err: fs.ErrPermission}

func (w *world) finder() *Finder {
	return &Finder{
		Processes: func() (pids []int) {
			w.looks++
			for pid := range w.files {
				pids = append(pids, pid)
			}
			return append(pids, w.hidden...)
		},
		Inodes: func(pid int) (map[uint64]bool, error) {
			if inodes, ok := w.files[pid]; ok {
				if inodes == nil {
					return nil, fmt.Errorf("gone: %w", fs.ErrNotExist)
				}
				return inodes, nil
			}
			if w.failing != nil {
				return nil, w.failing
			}
			return nil, hiddenErr
		},
		UID:       func() (uint32, bool) { return uint32(w.uid), w.uid >= 0 },
		Own:       func(l Listener) bool { return l.Addr.Port() == 9999 },
		MayBePeer: func(l Listener) bool { return l.Addr.Port() == 9998 || l.Backlog == 1013 },
		Peers: func(list []Listener) map[Listener]bool {
			w.asked += len(list)
			peers := map[Listener]bool{}
			for _, l := range list {
				peers[l] = l.Addr.Port() == 9998
			}
			return peers
		},
		list: func() ([]Listener, error) { w.lists++; return w.list, w.listErr },
	}
}

func set(inodes ...uint64) map[uint64]bool {
	m := make(map[uint64]bool)
	for _, i := range inodes {
		m[i] = true
	}
	return m
}

// another drainit's probe listener.
var another = at("0.0.0.0:9998", 1000, 2, 0)

// own is drainit's probe listener, which is nobody's proof of life.
var own = at("0.0.0.0:9999", 0, 1, 0)

func TestListeningOnPorts(t *testing.T) {
	for _, tt := range []struct {
		name   string
		list   []Listener
		ports  []uint16
		ok     bool
		detail string
	}{
		{"nothing listens", []Listener{own}, []uint16{8080}, false, "port 8080 is not listened on"},
		{"all", []Listener{own, at("0.0.0.0:8080", 0, 2, 0), at("[::]:9090", 0, 3, 0)}, []uint16{9090, 8080}, true, "listening on 9090, 8080"},
		{"one of two", []Listener{at("0.0.0.0:8080", 0, 2, 0)}, []uint16{8080, 9090}, false, "port 9090 is not listened on"},
		{"none of two", nil, []uint16{8080, 9090}, false, "ports 8080, 9090 are not listened on"},
		{"on loopback, by another user", []Listener{at("127.0.0.1:8080", 77, 2, 0)}, []uint16{8080}, true, "listening on 8080"},
		{"by drainit itself", []Listener{own}, []uint16{9999}, false, "port 9999 is not listened on"},
		{"another port", []Listener{at("0.0.0.0:80", 0, 2, 0)}, []uint16{8080}, false, "port 8080 is not listened on"},
	} {
		w := &world{list: tt.list, files: map[int]map[uint64]bool{9: set()}, uid: -1}
		f := w.finder()
		ok, detail := f.Listening(tt.ports)
		if ok != tt.ok || detail != tt.detail {
			t.Errorf("%s: %v, %q; want %v, %q", tt.name, ok, detail, tt.ok, tt.detail)
		}
		if w.lists != 1 || w.looks != 0 {
			t.Errorf("%s: %d listings and %d looks at processes, want 1 and none", tt.name, w.lists, w.looks)
		}
	}
}

func TestListeningFound(t *testing.T) {
	const (
		none    = "the child listens on no TCP port"
		unknown = "whether the child listens on 8080 is unknown, since its open files cannot be read: set --ports"
	)
	at8080 := at("0.0.0.0:8080", 1000, 80, 0)
	at9090 := at("[::1]:9090", 0, 90, 0)
	noInode := at("0.0.0.0:8080", 1000, 0, 0)
	for _, tt := range []struct {
		name   string
		w      world
		ok     bool
		detail string
	}{
		{"nobody listens", world{list: []Listener{own}, files: map[int]map[uint64]bool{9: set(5)}}, false, none},
		{"nobody listens, files hidden", world{list: []Listener{own}, hidden: []int{9}, uid: -1}, false, none},
		{"the child", world{list: []Listener{own, at8080}, files: map[int]map[uint64]bool{9: set(5, 80)}}, true, "listening on 8080"},
		{"only drainit, and the child has it too", world{list: []Listener{own}, files: map[int]map[uint64]bool{9: set(1)}}, false, none},
		{"two processes, one gone", world{list: []Listener{at8080, at9090}, files: map[int]map[uint64]bool{9: set(90), 10: set(80), 11: nil}},
			true, "listening on 8080, 9090"},
		{"another container", world{list: []Listener{at8080}, files: map[int]map[uint64]bool{9: set(5)}, uid: 1000}, false, none},
		{"another container, and a process has gone", world{list: []Listener{at8080}, files: map[int]map[uint64]bool{9: set(5), 10: nil}, uid: 1000}, false, none},
		{"the same port twice", world{list: []Listener{at8080, at("[::]:8080", 0, 81, 0)}, files: map[int]map[uint64]bool{9: set(80, 81)}},
			true, "listening on 8080"},
		{"hidden, by user", world{list: []Listener{at8080, at9090}, hidden: []int{9}, uid: 1000}, true, "listening on 8080"},
		{"hidden, another drainit by user", world{list: []Listener{own, another}, hidden: []int{9}, uid: 1000},
			false, "whether the child listens on 9998 is unknown, since its open files cannot be read: set --ports"},
		{"hidden, another drainit and a server by user", world{list: []Listener{at8080, another}, hidden: []int{9}, uid: 1000}, true, "listening on 8080"},
		{"the child is another drainit", world{list: []Listener{own, another}, files: map[int]map[uint64]bool{9: set(2)}}, false, none},
		{"not to be read for another reason", world{list: []Listener{at8080}, hidden: []int{9}, failing: syscall.EMFILE, uid: 1000}, false, unknown},
		{"no process is to be seen", world{list: []Listener{at8080}, uid: 1000}, false, unknown},
		{"hidden, another user", world{list: []Listener{at8080}, hidden: []int{9}, uid: 0}, false, unknown},
		{"hidden, user unknown", world{list: []Listener{at8080}, hidden: []int{9}, uid: -1}, false, unknown},
		{"wrapper readable, server hidden", world{list: []Listener{at8080}, files: map[int]map[uint64]bool{9: set(5)}, hidden: []int{10}, uid: 1000},
			true, "listening on 8080"},
		{"server readable, workers hidden", world{list: []Listener{at8080, at9090}, files: map[int]map[uint64]bool{9: set(80)}, hidden: []int{10}, uid: 0},
			true, "listening on 8080"},
		{"no inodes, by user", world{list: []Listener{noInode}, files: map[int]map[uint64]bool{9: set(0)}, uid: 1000}, true, "listening on 8080"},
		{"no inodes, user unknown", world{list: []Listener{noInode}, files: map[int]map[uint64]bool{9: set(0)}, uid: -1}, false, unknown},
		{"all gone, as without /proc", world{list: []Listener{at8080}, files: map[int]map[uint64]bool{9: nil}, uid: -1}, false, unknown},
	} {
		f := tt.w.finder()
		for range 2 { // the second answer is partly from memory
			if ok, detail := f.Listening(nil); ok != tt.ok || detail != tt.detail {
				t.Errorf("%s: %v, %q; want %v, %q", tt.name, ok, detail, tt.ok, tt.detail)
			}
		}
	}
}

func TestListeningUnreadable(t *testing.T) {
	w := &world{listErr: errors.New("operation not permitted")}
	f := w.finder()
	for _, ports := range [][]uint16{nil, {8080}} {
		ok, detail := f.Listening(ports)
		if ok || !strings.Contains(detail, "operation not permitted") || !strings.Contains(detail, "--ready-check") {
			t.Errorf("%v, %q; want false, the reason and --ready-check", ok, detail)
		}
	}
	if listens, known := f.NonLoopback(); listens || known {
		t.Errorf("NonLoopback = %v, %v; want unknown", listens, known)
	}
}

// The processes are looked at when there is something new to learn.
func TestFinderRemembers(t *testing.T) {
	w := &world{files: map[int]map[uint64]bool{9: set(80)}, uid: -1}
	f := w.finder()
	neighbour := at("0.0.0.0:70", 0, 70, 0)
	busy := at("0.0.0.0:8080", 1000, 80, 0)
	busy.Queue, busy.Backlog = 5, 128
	for _, step := range []struct {
		name  string
		do    func()
		ok    bool
		looks int
	}{
		{"nothing listens: nothing to look for", func() { w.list = []Listener{own} }, false, 0},
		{"a neighbour listens", func() { w.list = []Listener{own, neighbour} }, false, 1},
		{"still only it: it may be handed to the child", func() {}, false, 1},
		{"the child listens", func() { w.list = append(w.list, at("0.0.0.0:8080", 1000, 80, 0)) }, true, 1},
		{"as before", func() {}, true, 0},
		{"connections in the queue", func() { w.list[2] = busy }, true, 0},
		{"the neighbour goes", func() { w.list = []Listener{own, busy} }, true, 0},
		{"it comes back", func() { w.list = []Listener{own, busy, neighbour} }, true, 0},
		{"and another", func() { w.list = append(w.list, at("0.0.0.0:71", 0, 71, 0)) }, true, 1},
		{"the child listens no more", func() { w.list = []Listener{own, neighbour}; w.files[9] = set() }, false, 1},
		{"and gets the neighbour's", func() { w.files[9] = set(70) }, true, 1},
		{"as before", func() {}, true, 0},
		{"the inode is used again by another port", func() { w.list = []Listener{at("0.0.0.0:7000", 0, 70, 0)}; w.files[9] = set() }, false, 1},
	} {
		step.do()
		w.lists, w.looks = 0, 0
		ok, detail := f.Listening(nil)
		if ok != step.ok || w.looks != step.looks || w.lists != 1 {
			t.Errorf("%s: %v (%s) with %d listings, %d looks; want %v with 1, %d", step.name, ok, detail, w.lists, w.looks, step.ok, step.looks)
		}
	}
}

func TestNonLoopback(t *testing.T) {
	for _, tt := range []struct {
		addr string
		want bool
	}{
		{"0.0.0.0:80", true}, {"[::]:80", true}, {"10.0.0.1:80", true}, {"[fd00::1]:80", true}, {"[fe80::1]:80", true},
		{"127.0.0.1:80", false}, {"127.9.9.9:80", false}, {"[::1]:80", false}, {"[::ffff:127.0.0.1]:80", false},
		{"0.0.0.0:9999", false}, {"0.0.0.0:9998", false},
	} {
		w := &world{list: []Listener{own, {Addr: netip.MustParseAddrPort(tt.addr)}}}
		if got, known := w.finder().NonLoopback(); got != tt.want || !known {
			t.Errorf("%s: %v, %v; want %v, known", tt.addr, got, known, tt.want)
		}
	}
	w := &world{list: []Listener{own, at("127.0.0.1:70", 0, 70, 0), at("0.0.0.0:80", 0, 80, 0), another}, files: map[int]map[uint64]bool{9: set(5)}, uid: 1000}
	f := w.finder()
	if f.NonLoopback(); w.asked != 0 {
		t.Errorf("%d listeners asked about, want none where one that can be no drainit's decides", w.asked)
	}
	if f.Listening(nil); w.asked != 0 {
		t.Errorf("%d listeners asked about, want none that is not the child's", w.asked)
	}
	marked := at("0.0.0.0:81", 0, 81, 0)
	marked.Backlog = 1013
	w.list = []Listener{own, another, marked}
	if got, _ := f.NonLoopback(); !got || w.asked != 2 {
		t.Errorf("%v, %d listeners asked about; want both at once, and the one that is no drainit's to count", got, w.asked)
	}
	if got, known := (&world{}).finder().NonLoopback(); got || !known {
		t.Errorf("nothing: %v, %v; want false, known", got, known)
	}
}

// A real listener of this process, and a Finder without the optional parts.
func TestFinderForReal(t *testing.T) {
	_, l := listen(t, "tcp4", "127.0.0.1:0")
	mine := true
	f := &Finder{
		Processes: func() []int { return []int{os.Getpid()} },
		Inodes: func(int) (map[uint64]bool, error) {
			return map[uint64]bool{l.Inode: mine}, nil
		},
	}
	want := "listening on " + commas([]uint16{l.Addr.Port()})
	for _, ports := range [][]uint16{nil, {l.Addr.Port()}} {
		if ok, detail := f.Listening(ports); !ok || detail != want {
			t.Errorf("Listening(%v) = %v, %q; want true, %q", ports, ok, detail, want)
		}
	}
	if _, known := f.NonLoopback(); !known {
		t.Error("NonLoopback is unknown")
	}
}

// NonLoopback is asked at the stop request: no look at files may delay it.
func TestNonLoopbackNeverWaits(t *testing.T) {
	w := &world{list: []Listener{at("0.0.0.0:80", 0, 80, 0)}}
	f := w.finder()
	looking, release := make(chan struct{}), make(chan struct{})
	f.Processes = func() []int { close(looking); <-release; return nil }
	done := make(chan struct{})
	go func() { defer close(done); f.Listening(nil) }()
	<-looking
	if listens, known := f.NonLoopback(); !listens || !known {
		t.Errorf("NonLoopback = %v, %v; want true, known", listens, known)
	}
	close(release)
	<-done
}

func TestFinderConcurrently(t *testing.T) {
	var looking atomic.Int32
	f := &Finder{
		Processes: func() []int {
			if looking.Add(1) != 1 {
				t.Error("processes are looked at twice at a time")
			}
			return []int{9}
		},
		Inodes: func(int) (map[uint64]bool, error) { looking.Add(-1); return set(5), nil },
		list:   func() ([]Listener, error) { return []Listener{at("0.0.0.0:80", 0, 80, 0)}, nil },
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				f.Listening(nil)
				f.NonLoopback()
			}
		})
	}
	all.Wait()
}

func BenchmarkFinder(b *testing.B) {
	_, l := listen(b, "tcp4", "127.0.0.1:0")
	f := &Finder{
		Processes: func() []int { return []int{9} },
		Inodes:    func(int) (map[uint64]bool, error) { return set(l.Inode), nil },
	}
	for b.Loop() {
		if ok, detail := f.Listening(nil); !ok {
			b.Fatal(detail)
		}
	}
}

func TestPorts(t *testing.T) {
	list := []Listener{own, at("0.0.0.0:8080", 1000, 2, 0), at("[::]:8080", 1000, 3, 0), at("127.0.0.1:9000", 1000, 4, 0), at("0.0.0.0:15006", 1337, 5, 0)}
	for _, tt := range []struct {
		name  string
		w     world
		want  string
		known bool
	}{
		{"by inode", world{list: list, files: map[int]map[uint64]bool{9: set(2, 3, 77), 10: set(4)}, uid: -1}, "8080, 9000", true},
		{"by inode, one process hidden", world{list: list, files: map[int]map[uint64]bool{9: set(4)}, hidden: []int{10}, uid: 1000}, "9000", true},
		{"by uid", world{list: list, hidden: []int{9}, uid: 1000}, "8080, 9000", true},
		{"hidden, uid not known", world{list: list, hidden: []int{9}, uid: -1}, "", false},
		{"hidden, another uid", world{list: list, hidden: []int{9}, uid: 3}, "", false},
		{"listens on nothing", world{list: list, files: map[int]map[uint64]bool{9: set(77)}, uid: 1000}, "", true},
		{"nobody listens", world{files: map[int]map[uint64]bool{9: set()}, uid: 1000}, "", true},
		{"all have gone", world{list: list, files: map[int]map[uint64]bool{9: nil}, uid: -1}, "", false},
		{"no inodes", world{list: []Listener{at("0.0.0.0:8080", 1000, 0, 0)}, files: map[int]map[uint64]bool{9: set(5)}, uid: 1000}, "8080", true},
		{"cannot be read", world{listErr: errors.New("refused")}, "", false},
	} {
		got, known, detail := tt.w.finder().Ports()
		if commas(got) != tt.want || known != tt.known || known == (detail != "") {
			t.Errorf("%s: %v, known %v, %q; want %s, %v", tt.name, got, known, detail, tt.want, tt.known)
		}
	}
}

func TestListeningAt(t *testing.T) {
	for _, tt := range []struct {
		listens, want string
		ok            bool
	}{
		{"127.0.0.1:80", "127.0.0.1:80", true},
		{"127.0.0.1:80", "[::ffff:127.0.0.1]:80", true},
		{"127.0.0.1:80", "127.0.0.2:80", false},
		{"127.0.0.1:80", "127.0.0.1:81", false},
		{"[::1]:80", "127.0.0.1:80", false},
		{"127.0.0.1:80", "[::1]:80", false},
		{"0.0.0.0:80", "127.0.0.1:80", true},
		{"0.0.0.0:80", "[::1]:80", false},
		{"[::]:80", "127.0.0.1:80", true},
		{"[::]:80", "[::1]:80", true},
	} {
		w := &world{list: []Listener{at(tt.listens, 0, 1, 0)}}
		want := netip.MustParseAddrPort(tt.want)
		ok, detail := w.finder().ListeningAt([]uint16{want.Port()}, []Place{{want.String(), []netip.AddrPort{want}}})
		if ok != tt.ok {
			t.Errorf("%s, asked at %s: %v (%s)", tt.listens, tt.want, ok, detail)
		}
	}
}

// A place of two addresses is listened on where one of them is.
func TestListeningAtEither(t *testing.T) {
	localhost := Place{"localhost:80", []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:80"), netip.MustParseAddrPort("[::1]:80")}}
	for listens, want := range map[string]string{
		"127.0.0.1:80": "listening on 80",
		"[::1]:80":     "listening on 80",
		"0.0.0.0:80":   "listening on 80",
		"[::]:80":      "listening on 80",
		"127.0.0.2:80": "localhost:80 is not listened on, only 127.0.0.2:80 is",
		"[::1]:81":     "port 80 is not listened on",
	} {
		w := &world{list: []Listener{at(listens, 0, 1, 0)}}
		if ok, got := w.finder().ListeningAt([]uint16{80}, []Place{localhost}); got != want || ok != (want == "listening on 80") {
			t.Errorf("%s: got %v, %s; want %s", listens, ok, got, want)
		}
	}
}
