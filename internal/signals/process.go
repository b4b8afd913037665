package signals

// Process is what is known of a process and of those below it. Zombies are
// left out of Children by whoever fills it in: nobody can be signalled there.
type Process struct {
	PID  int
	Comm string   // /proc/PID/comm: at most 15 bytes, and threads may rename it
	Argv []string // /proc/PID/cmdline: may be a title the program has set, in one string

	// The signal sets of /proc/PID/status. A thread in sigwaitinfo(2) shows the
	// signals it waits for as not blocked, and programs that block with
	// signalfd(2) show nothing else, so both sets together are what a program
	// answers to, and still not all of it.
	Caught, Blocked, Ignored Mask
	MasksUnknown             bool // the kernel does not say, as gVisor's

	Children []Process
}

// handles reports whether the program has said what sig does to it: by a
// handler, or by blocking it to read it with sigwait(3) or signalfd(2).
func (p Process) handles(sig Signal) bool {
	return p.Caught.Has(sig) || p.Blocked.Has(sig)
}
