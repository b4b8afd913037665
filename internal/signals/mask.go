package signals

// Mask is a set of signals as /proc/PID/status writes SigCgt, SigBlk and
// SigIgn: bit n-1 is signal n (proc_pid_status(5)).
type Mask uint64

// MaskOf returns the set of the signals given. Numbers outside 1 to 64 are in
// no set.
func MaskOf(sigs ...Signal) Mask {
	var m Mask
	for _, sig := range sigs {
		m |= bit(sig)
	}
	return m
}

// Has reports whether sig is in the set.
func (m Mask) Has(sig Signal) bool {
	return m&bit(sig) != 0
}

// Signals returns the set in the order of the numbers.
func (m Mask) Signals() []Signal {
	var sigs []Signal
	for sig := Signal(1); sig <= rtMax; sig++ {
		if m.Has(sig) {
			sigs = append(sigs, sig)
		}
	}
	return sigs
}

func bit(sig Signal) Mask {
	if sig < 1 || sig > rtMax {
		return 0
	}
	return 1 << (sig - 1)
}
