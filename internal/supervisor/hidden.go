package supervisor

import "drainit/internal/proc"

// sight is whether the program can be looked at.
type sight struct {
	hidden func() error // why not; nil: nobody knows
	said   bool
}

// procHides returns why /proc does not show the program, nil if it does: there is
// none, it is another PID namespace's, or it hides the processes of other users
// (hidepid of proc(5)). The program must not have been reaped.
func (s *supervisor) procHides() error {
	if err := proc.Check(); err != nil {
		return err
	}
	_, err := proc.Stat(s.child.PID)
	return err
}

// warnHidden says once that the program is not to be seen, unless all that would be
// looked for is set.
func (s *supervisor) warnHidden() {
	set := !s.cfg.StopSignal.Auto() && (s.cfg.PortsNone || len(s.cfg.Ports) > 0)
	if s.view.sight.hidden == nil || s.view.sight.said || set {
		return
	}
	if err := s.view.sight.hidden(); err != nil {
		s.view.sight.said = true
		s.log.Warn("the program cannot be seen in /proc", "why", err, "effect", "its name, ports and signal handlers are not known",
			"remedy", "mount the container's own /proc, without hidepid, or set --stop-signal and --ports")
	}
}
