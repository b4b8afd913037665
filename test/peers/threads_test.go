package peers_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// holdEverySlot is a program whose user may have no more processes: its helper
// starts some until that fails, and is one itself then.
const holdEverySlot = `trap 'echo stopping; exit 5' TERM
	( trap 'echo full; exec sleep 1000' EXIT; while :; do sleep 1000 & done 2> /dev/null ) &
	while :; do wait; done`

// TestNoMoreProcesses: where no thread can be made any more (a cgroup's pids
// limit, RLIMIT_NPROC) the init does with those it has, whatever is asked of it
// meanwhile, and the stop works. Go's runtime ends a process that lacks one.
func TestNoMoreProcesses(t *testing.T) {
	t.Parallel()
	needRoot(t)
	const uid = 61739 // whom nobody else here runs as: the limit counts per user
	compare(t, func(a *attempt) {
		probes := testkit.FreeAddr(t)
		p := a.start(spec{
			prepare: fmt.Sprintf("uid=%d nproc=60", uid),
			flags:   map[string][]string{"drainit": {"--probe-addr", probes, "--drain-delay", "500ms", "--drain-until", "idle", "--deadline", "20s"}},
			command: sh(holdEverySlot),
		})
		p.says("full")
		if a.is("drainit") {
			askMuch(a, probes)
		}
		p.signal(syscall.SIGTERM)
		if a.is("drainit") {
			askMuch(a, probes)
		}
		p.wantExit(5)
	})
}

// TestFewProcesses: a user's limit (RLIMIT_NPROC) that the threads made in advance would
// have used up is no reason to fail at start.
func TestFewProcesses(t *testing.T) {
	t.Parallel()
	needRoot(t)
	const uid = 61741
	compare(t, func(a *attempt) {
		probes := testkit.FreeAddr(t)
		p := a.start(spec{
			prepare: fmt.Sprintf("uid=%d nproc=16", uid),
			flags:   map[string][]string{"drainit": {"--probe-addr", probes}},
			command: sh("trap 'kill $!; exit 5' TERM; sleep 1000 & echo ready; wait"),
		})
		p.says("ready")
		if a.is("drainit") {
			get(probes, "/livez")
			get(probes, "/metrics")
		}
		p.signal(syscall.SIGTERM)
		p.wantExit(5)
	})
}

// askMuch asks everything that can be asked, by many at once, while others hold
// connections open.
func askMuch(a *attempt, addr string) {
	slow := crowd{size: 300}
	a.onEnd(slow.leave)
	slow.enter(a, addr)
	paths := []string{"/metrics", "/readyz?verbose", "/drain", "/livez"}
	var all sync.WaitGroup
	for asker := range 24 {
		all.Go(func() {
			for n := range 60 {
				get(addr, paths[(asker+n)%len(paths)])
			}
		})
	}
	all.Wait()
}

// TestNoMoreProcessesBehindAFront: the front has the threads that it needs by then,
// too. Its end would be a stop that nobody asked for.
func TestNoMoreProcessesBehindAFront(t *testing.T) {
	t.Parallel()
	needRoot(t)
	const uid = 61740
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "answer") }))
	defer server.Close()
	begin, word, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer begin.Close()
	alone(t, func(a *attempt) {
		probes, front := testkit.FreeAddr(t), testkit.FreeAddr(t)
		p := a.start(spec{
			prepare: fmt.Sprintf("uid=%d nproc=60", uid),
			flags: map[string][]string{"drainit": {"--probe-addr", probes, "--drain-delay", "0", "--deadline", "4s",
				"--front", front + "=" + server.Listener.Addr().String()}},
			command: sh("read begin\n" + holdEverySlot),
			stdin:   begin,
		})
		a.soon("the front serves", func() bool { code, _ := get(front, "/"); return code == 200 })
		word.Close()
		p.says("full")
		askMuch(a, front)
		if code, body := get(front, "/"); code != 200 || body != "answer" {
			a.fail("through the front: %d %s", code, body)
		}
		p.signal(syscall.SIGTERM)
		p.wantExit(5)
	})
}

// manyOrphans makes them without end, ten at a time.
const manyOrphans = `trap 'exit 5' TERM
	echo ready
	while :; do for i in 1 2 3 4 5 6 7 8 9 10; do (sleep 0.01 &); done; sleep 0.05; done`

// TestThreadsStay: the threads that drainit has when the program runs are those that it
// has for good, whatever is asked of it, while orphans end, and in a drain.
func TestThreadsStay(t *testing.T) {
	t.Parallel()
	alone(t, func(a *attempt) {
		probes := testkit.FreeAddr(t)
		p := a.start(spec{
			flags:   map[string][]string{"drainit": {"--probe-addr", probes, "--drain-delay", "1s", "--drain-until", "idle", "--deadline", "20s"}},
			command: sh(manyOrphans),
		})
		p.says("ready")
		a.soon("the probe address answers", func() bool { code, _ := get(probes, "/livez"); return code == 200 })
		atStart := p.threads()
		most := make(chan int)
		go func() {
			n := 0
			for ; !p.over(); time.Sleep(time.Millisecond) {
				n = max(n, p.threads())
			}
			most <- n
		}()
		askMuch(a, probes)
		p.signal(syscall.SIGTERM)
		askMuch(a, probes)
		p.wantExit(5)
		if n := <-most; n > atStart {
			a.fail("%d threads at the start, %d with a crowd, orphans and a stop", atStart, n)
		}
	})
}

// threads counts those of the init.
func (p *process) threads() int {
	tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", p.pid))
	return len(tasks)
}
