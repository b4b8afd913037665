package probe

import "syscall"

// descriptorsKept is how many descriptors connections leave to the rest of
// drainit: half a dozen that are always open, and what looks at processes and
// sockets take for a moment, several at once.
const descriptorsKept = 32

// descriptorLimit returns how many descriptors this process may have. Go raises
// its soft limit to the hard one before main, and gives the child its own back.
func descriptorLimit() uint64 {
	var l syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l) != nil {
		return openLimit + descriptorsKept // nothing is known; nothing is changed
	}
	return uint64(l.Cur)
}

// connectionLimits returns how many connections may be open where there may be
// so many descriptors, and how many of those that have not asked. Under a
// limit so small that there is nothing to keep they take a quarter; one that
// asks and one that waits there must be.
func connectionLimits(descriptors uint64) (open, idle int) {
	room := max(descriptors-min(descriptors, descriptorsKept), descriptors/4, 2)
	open = int(min(room, openLimit))
	return open, min(open/2, idleLimit)
}
