// Package helper is the short-lived processes that do what PID 1 does not: they answer
// every request to the probe address but a plain one for /readyz, /livez or /, and send
// the drain report.
package helper

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/look"
	"drainit/internal/probe"
	"drainit/internal/process"
)

// helperTime is how long a helper may take, for the slowest of its clients. What
// hangs is killed.
const helperTime = 15 * time.Second

// Helpers starts processes of this program that answer what the probe server does
// not: they know all of HTTP, Prometheus' formats and JSON, and can do no harm where
// they fail. Each is given connections, asks what it has to know, and ends.
type Helpers struct {
	ID     probe.Identity
	Gate   *probe.Gate
	Status func() probe.Status
	Sent   func() probe.Counts
	Add    func(probe.Counts)
	First  process.FirstThread
	Own    *process.Own
	Log    *slog.Logger

	running atomic.Int32
}

// Start is the Pass of [probe.Config].
func (h *Helpers) Start(conns []int) (<-chan struct{}, error) {
	link, pidfd, err := h.begin(order{Identity: h.ID, Conns: len(conns)}, conns)
	if err != nil {
		return nil, err
	}
	over := make(chan struct{})
	h.running.Add(1)
	go func() {
		defer close(over)
		defer h.ended()
		defer process.Survive(h.Log)
		h.serve(link, pidfd)
	}()
	return over, nil
}

// ended gives memory back when no helper is left.
func (h *Helpers) ended() {
	if h.running.Add(-1) == 0 {
		process.GiveBack()
	}
}

// begin starts a helper that has its order, and some connections.
func (h *Helpers) begin(o order, conns []int) (link net.Conn, pidfd int, err error) {
	if err := process.MayFork(); err != nil {
		return nil, -1, err
	}
	ours, theirs, err := process.SocketPair("helper")
	if err != nil {
		return nil, -1, err
	}
	defer theirs.Close()
	link, err = net.FileConn(ours)
	ours.Close() // of which link has a copy
	if err != nil {
		return nil, -1, err
	}
	if _, err = link.Write(process.Encode(o)); err == nil {
		pidfd, err = h.fork(o.argv(), theirs, conns)
	}
	if err != nil {
		link.Close()
		return nil, -1, err
	}
	return link, pidfd, nil
}

// fork starts the process in a process group of its own, so that no signal of a
// terminal's reaches it, with no descriptors but its end of the socket and the
// connections. It returns a pidfd(2), or -1.
func (h *Helpers) fork(argv []string, link *os.File, conns []int) (pidfd int, err error) {
	pidfd = -1
	fd := link.Fd()
	attr := &syscall.ProcAttr{Dir: "/", Env: env(argv), Files: []uintptr{fd, fd, fd}, Sys: &syscall.SysProcAttr{Setpgid: true, PidFD: &pidfd}}
	for _, c := range conns {
		attr.Files = append(attr.Files, uintptr(c))
	}
	done := make(chan error, 1)
	h.First.Do(func() {
		process.BesideIt(func() {
			done <- h.Own.Fork(func() (int, error) {
				pid, err := process.ForkSelf(argv, attr)
				if err == syscall.EINVAL { // gVisor has no pidfd
					attr.Sys.PidFD = nil
					pid, err = process.ForkSelf(argv, attr)
				}
				return pid, err
			})
		})
	})
	return pidfd, <-done
}

// serve answers the helper until it has gone.
func (h *Helpers) serve(link net.Conn, pidfd int) {
	defer link.Close()
	if pidfd >= 0 {
		defer unix.Close(pidfd)
		kill := time.AfterFunc(helperTime, func() { _ = unix.PidfdSendSignal(pidfd, unix.SIGKILL, nil, 0) })
		defer kill.Stop()
	}
	buf := make([]byte, wordLimit)
	asked := map[string]bool{}
	for {
		n, err := link.Read(buf)
		if err != nil || n == 0 {
			return
		}
		var word word
		if json.Unmarshal(buf[:n], &word) != nil {
			continue // its last words, where it fails
		}
		if word.Sent != nil {
			h.Add(*word.Sent)
		}
		if !asked[word.Ask] {
			asked[word.Ask] = true
			go h.answer(link, word.Ask)
		}
	}
}

// answer says what a helper has asked for.
func (h *Helpers) answer(link net.Conn, ask string) {
	defer process.Survive(h.Log)
	ctx, cancel := context.WithTimeout(context.Background(), helperPatience)
	defer cancel()
	a := answer{Ask: ask}
	var v probe.Verdict
	switch ask {
	case askSnapshot:
		now := probe.NewSnapshot(h.Status(), h.Sent())
		a.Snapshot = &now
	case askProcesses:
		n := look.Count()
		if n.All != nil {
			*n.All = max(0, *n.All-h.Own.Count()) // which are no more when the answer is read
		}
		a.Processes = &n
	case askReady:
		v = h.Gate.Ready(ctx)
		a.Verdict = &v
	case askLive:
		v = h.Gate.Live(ctx)
		a.Verdict = &v
	default:
		return
	}
	_, _ = link.Write(process.Encode(a)) // it has gone if this fails
}

// env is a helper's environment: as few threads as can be, no last words where it cannot
// have even those, and for a report where the certificates are by which its place is known
// (crypto/x509).
func env(argv []string) []string {
	env := []string{"GOMAXPROCS=1", "GOTRACEBACK=none"}
	if len(argv) == 1 {
		return env
	}
	for _, name := range []string{"SSL_CERT_FILE", "SSL_CERT_DIR"} {
		if v := os.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// helperPatience bounds the asking of the program for a helper, below kubelet's usual
// second.
const helperPatience = 850 * time.Millisecond
