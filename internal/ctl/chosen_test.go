package ctl

import (
	"net"
	"slices"
	"testing"

	"drainit/internal/conns"
	"drainit/internal/peers"
	"drainit/internal/probe"
	"drainit/internal/testkit"
)

// Where the sockets of a process are not shown, those who listen as drainits do are
// asked who they are; where they are, nobody has to look like a drainit.
func TestCtlAsksForTheChosenPort(t *testing.T) {
	gate := probe.NewGate(probe.GateConfig{})
	wrong := drainitAt(t, "127.0.0.1:0", 5, gate)
	right := drainitAt(t, "127.0.0.1:0", 1, gate)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	in := seen(map[int][]string{1: {"drainit", "--probe-addr", "127.0.0.1:0", "--", "nginx"}, 7: {"drainit", "ctl"}})
	marked := true
	in.listeners = func() ([]conns.Listener, error) {
		list, err := conns.Listeners()
		for i := range list {
			list[i].Backlog = 0
			if marked && slices.Contains([]string{silent.Addr().String(), wrong, right}, list[i].Addr.String()) {
				list[i].Backlog = peers.Backlog
			}
		}
		return list, err
	}
	if got := callCtl(t, in, nil, "status"); got.status != 0 || got.stdout != aStatus(1).Text() {
		t.Errorf("got %+v, want the status of PID 1", got)
	}
	marked = false
	want := "drainit: which port the kernel chose (--probe-addr of PID 1) cannot be found; drainit's log says it: set --probe-addr to that\n"
	if got := callCtl(t, in, nil, "status"); got.status != 1 || got.stderr != want {
		t.Errorf("got %+v, want %q", got, want)
	}
	in.sockets = func(int) (map[uint64]bool, error) {
		return map[uint64]bool{testkit.ListenerAt(t, right).Inode: true}, nil
	}
	if got := callCtl(t, in, nil, "status"); got.status != 0 || got.stdout != aStatus(1).Text() {
		t.Errorf("with its sockets shown: got %+v, want the status of PID 1", got)
	}
}
