package helper

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"drainit/internal/firsttogo"
	"drainit/internal/probe"
	"drainit/internal/process"
)

const (
	// Name is a helper's name, as its first argument and as its comm.
	Name = firsttogo.Name

	// firstConn is the descriptor of its first connection.
	firstConn = 3

	// standBack is its nice value: behind the program, and not so far that a busy one
	// leaves a scrape unanswered (sched(7)).
	standBack = 10

	// nobody is the user and group that a helper becomes where it may.
	nobody = 65534
)

// Run is a helper's life: it answers one request of each of its connections, or sends a
// report, which its second argument tells. It returns the status to leave with.
func Run() int {
	process.IgnoreSignals()
	process.NameThread(Name)
	if len(os.Args) == 1 { // else the program, which it would be behind, has ended
		_ = unix.Setpriority(unix.PRIO_PROCESS, 0, standBack)
	}
	standDown()
	process.LimitMemory()
	link, err := process.Parent()
	if err != nil {
		return process.ExitFailed
	}
	var order order
	buf := make([]byte, snapshotLimit)
	n, err := link.Read(buf)
	if err != nil || json.Unmarshal(buf[:n], &order) != nil {
		return process.ExitFailed
	}
	if order.Delivery != nil {
		return deliver(link, *order.Delivery)
	}
	asks := newLink(link)
	go asks.listen(buf)
	pages := probe.NewPages(probe.PagesConfig{Identity: order.Identity, Snapshot: asks.snapshot, Processes: asks.processes, Ready: asks.verdict(askReady), Live: asks.verdict(askLive)})
	var conns []int
	for fd := range order.Conns {
		conns = append(conns, firstConn+fd)
	}
	pages.Serve(probe.Take(conns...))
	sent := pages.Sent()
	_, _ = link.Write(process.Encode(word{Sent: &sent}))
	return 0
}

// standDown gives up what a helper does not need: it is nobody where it may become
// that, has no capability and can get none. Of memory see [firsttogo].
func standDown() {
	if os.Geteuid() == 0 {
		_ = syscall.Setgroups(nil)
		_ = syscall.Setresgid(nobody, nobody, nobody)
		_ = syscall.Setresuid(nobody, nobody, nobody)
	}
	_, _, _ = syscall.AllThreadsSyscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0)
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	_, _, _ = syscall.AllThreadsSyscall(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&none[0])), 0)
}

// link is what the parent is asked over.
type link struct {
	conn    net.Conn
	answers map[string]chan answer
}

func newLink(conn net.Conn) *link {
	a := &link{conn, map[string]chan answer{}}
	for _, ask := range []string{askSnapshot, askProcesses, askReady, askLive} {
		a.answers[ask] = make(chan answer, 1)
	}
	return a
}

// listen hears the answers, and ends this process when the parent has gone.
func (a *link) listen(buf []byte) {
	for {
		n, err := a.conn.Read(buf)
		if err != nil || n == 0 {
			os.Exit(process.ExitFailed)
		}
		var said answer
		if json.Unmarshal(buf[:n], &said) == nil {
			if to := a.answers[said.Ask]; to != nil {
				to <- said
			}
		}
	}
}

// errSilent is what there is instead of an answer.
var errSilent = errors.New("drainit does not answer")

// ask asks, and waits for the answer, which stays for others who want it.
func (a *link) ask(ctx context.Context, what string) (answer, error) {
	_, _ = a.conn.Write(process.Encode(word{Ask: what}))
	select {
	case answer := <-a.answers[what]:
		a.answers[what] <- answer
		return answer, nil
	case <-ctx.Done():
		return answer{}, errSilent
	}
}

// snapshot is asked for by /drain and /metrics.
func (a *link) snapshot() (probe.Snapshot, error) {
	ctx, cancel := context.WithTimeout(context.Background(), helperTime)
	defer cancel()
	answer, err := a.ask(ctx, askSnapshot)
	if err != nil || answer.Snapshot == nil {
		return probe.Snapshot{}, errSilent
	}
	return *answer.Snapshot, nil
}

// processes is asked for by /metrics.
func (a *link) processes() (probe.Processes, error) {
	ctx, cancel := context.WithTimeout(context.Background(), helperPatience)
	defer cancel()
	answer, err := a.ask(ctx, askProcesses)
	if err != nil || answer.Processes == nil {
		return probe.Processes{}, errSilent
	}
	return *answer.Processes, nil
}

// verdict asks what the gate says.
func (a *link) verdict(what string) func(context.Context) (probe.Verdict, error) {
	return func(ctx context.Context) (probe.Verdict, error) {
		answer, err := a.ask(ctx, what)
		if err != nil || answer.Verdict == nil {
			return probe.Verdict{}, errSilent
		}
		return *answer.Verdict, nil
	}
}
