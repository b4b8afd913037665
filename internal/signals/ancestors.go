package signals

import "syscall"

// DeafShell returns the shell that is PID 1 and drops what a platform sends, for a
// process that has these ancestors, from its parent up. The kernel drops a signal
// that PID 1 has no handler for (pid_namespaces(7)), and a shell passes none on.
//
// It is said only where it is sure. A trap is its author's own way to stop; SIGINT
// and SIGCHLD are caught by every shell. One that ignores SIGTERM is interactive,
// and somebody is trying something by hand. Under another drainit it is for that
// one to say. The name is the kernel's: a script's, if it is run by its own.
func DeafShell(ancestors []Process) (name string, ok bool) {
	for _, p := range ancestors {
		switch {
		case p.kind() == kindRelay, p.IsShell() && p.Ignored.Has(syscall.SIGTERM):
			return "", false
		case p.PID == 1:
			traps := (p.Caught | p.Blocked) &^ (bit(syscall.SIGINT) | bit(syscall.SIGCHLD))
			return p.Comm, p.IsShell() && !p.MasksUnknown && traps == 0
		}
	}
	return "", false
}

// ControlsJobs reports whether p is a shell that stops and continues its jobs: such a
// one ignores SIGTSTP.
func (p *Process) ControlsJobs() bool {
	return p.IsShell() && p.Ignored.Has(syscall.SIGTSTP)
}

// Traps reports whether p is a shell with a trap for sig. All shells catch SIGINT,
// which says nothing.
func (p *Process) Traps(sig Signal) bool {
	return p.IsShell() && sig != syscall.SIGINT && p.Caught.Has(sig)
}
