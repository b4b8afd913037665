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
		return openLimit + waitLimit + descriptorsKept // nothing is known; nothing is changed
	}
	return uint64(l.Cur)
}

// limits is how many connections there may be.
type limits struct {
	open int // that have not asked, or are being answered
	idle int // of those, that have not asked for longer than patience
	wait int // that have asked and wait for an answer
	own  int // of those, from loopback alone
}

// connectionLimits returns how many connections there may be where there may be
// so many descriptors. Under a limit so small that there is nothing to keep they
// take a quarter; one that asks and one that waits there must be.
func connectionLimits(descriptors uint64) limits {
	room := max(descriptors-min(descriptors, descriptorsKept), descriptors/4, 2)
	open := int(min(max(room/2, 1), openLimit))
	wait := int(min(room-uint64(open), waitLimit))
	return limits{open: open, idle: min((open+1)/2, idleLimit), wait: wait, own: min(wait/2, ownLimit)}
}
