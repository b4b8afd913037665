package supervisor

import (
	"net"
	"os"

	"drainit/internal/helper"
	"drainit/internal/logging"
	"drainit/internal/probe"
	"drainit/internal/proc"
	"drainit/internal/process"
	"drainit/internal/version"
)

// serve answers probes from now on, in the background.
func (s *supervisor) serve(l net.Listener, out *logging.Writer, first process.FirstThread) {
	accepted := s.lookAround(l)
	limit := func() { // with probes off, too: signals and orphans make garbage as well
		process.LimitMemory()
		process.LimitProcs(process.MaxProcs)
	}
	if l == nil {
		go limit()
		return
	}
	ns, _ := proc.PIDNamespace(0)
	id := probe.Identity{Name: s.cfg.Settings.Name, Version: version.Version, PID: os.Getpid(), PIDNamespace: ns}
	h := &helper.Helpers{ID: id, Gate: s.gate, Status: s.statusOf(id, out), First: first, Own: s.own, Log: s.log}
	server := probe.New(probe.Config{Identity: id, Gate: s.gate, Pass: h.Start, Accepted: accepted})
	h.Sent, h.Add = server.Sent, server.Add
	go func() {
		defer process.Survive(s.log)
		limit() // before a helper is started, which process.BesideIt needs
		if err := server.Serve(l); err != nil {
			s.log.Warn("probes are not served any more", "error", err)
		}
	}()
}
