package frontproc

import (
	"fmt"
	"net"
	"slices"
	"time"

	"drainit/internal/config"
	"drainit/internal/conns"
	"drainit/internal/drain"
	"drainit/internal/probe"
)

// Without leaves the front out of the child's processes.
func (f *Process) Without(processes func() []int) func() []int {
	if f == nil {
		return processes
	}
	return func() []int {
		return slices.DeleteFunc(processes(), func(pid int) bool { return pid == f.pid })
	}
}

// Or has the front's listeners be drainit's own, too.
func (f *Process) Or(own func(conns.Listener) bool) func(conns.Listener) bool {
	if f == nil {
		return own
	}
	return func(l conns.Listener) bool {
		return own(l) || l.Inode != 0 && slices.Contains(f.inodes, l.Inode)
	}
}

// OrReachable is the answer whether anything but drainit can be reached from
// outside: the front stands for the program.
func (f *Process) OrReachable(other func() drain.Answer) func() drain.Answer {
	if f == nil || !slices.ContainsFunc(f.routes, config.Route.IsReachable) {
		return other
	}
	return func() drain.Answer { return drain.Yes }
}

// AddTo has readiness wait for the front, and, unless other ports were named, for
// the program where the front expects it.
func (f *Process) AddTo(gate *probe.GateConfig, cfg config.Config, finder *conns.Finder) {
	if f == nil {
		return
	}
	gate.Front = f.serves
	if len(cfg.Ports) == 0 && !cfg.PortsNone {
		gate.Listening = func() (bool, string) {
			ok, detail := targetsListen(f.routes, finder)
			if ok {
				f.listened.Store(true)
			}
			return ok, detail
		}
	}
}

// serves reports whether the front takes clients in.
func (f *Process) serves() (ok bool, detail string) {
	if f.link.isServing() {
		return true, ""
	}
	return false, "it does not serve yet, or not any more"
}

// targetsListen reports whether the program listens where the front expects it.
// A target on another machine is not asked.
func targetsListen(routes []config.Route, finder *conns.Finder) (ok bool, detail string) {
	if ports := config.TargetPorts(routes); len(ports) > 0 {
		if ok, detail = finder.ListeningAt(ports, places(routes)); !ok {
			if on := listensElsewhere(routes, finder); on != "" {
				detail += "; the program listens on " + on
			}
			return false, detail
		}
	}
	for _, one := range routes {
		if one.Target.Network != "unix" {
			continue
		}
		if err := connects(one.Target.Address); err != nil {
			return false, fmt.Sprintf("%s is not listened on: %v", one.Target, err)
		}
	}
	return true, detail
}

// places are the targets that are addresses of this machine. A name may be several, of
// which only localhost's are known.
func places(routes []config.Route) (list []conns.Place) {
	for _, one := range routes {
		addrs := one.Target.Addrs()
		if len(addrs) > 0 && addrs[0].Addr().IsLoopback() {
			list = append(list, conns.Place{Name: one.Target.String(), Addrs: addrs})
		}
	}
	return list
}

// connects tries a unix socket: its name alone would not say whether anybody
// still listens, and a program may have bound it by a relative one.
func connects(path string) error {
	conn, err := net.DialTimeout("unix", path, connectPatience)
	if err != nil {
		return err
	}
	return conn.Close()
}

const connectPatience = 100 * time.Millisecond
