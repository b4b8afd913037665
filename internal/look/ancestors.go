package look

import (
	"os"
	"time"

	"drainit/internal/proc"
	"drainit/internal/signals"
)

// Ancestors returns the processes this one descends from, its parent first, as far
// as they are to be seen, without their masks. PID 1 descends from nobody.
func Ancestors() (above []signals.Process) {
	if os.Getpid() == 1 || proc.Check() != nil {
		return nil
	}
	lines, pid := newCommandLines(), os.Getppid()
	for range lookDepth {
		stat, err := proc.Stat(pid)
		if err != nil {
			return above
		}
		argv := lines.of(pid, stat.Comm, time.Now().Add(Patience))
		above = append(above, signals.Process{PID: pid, Comm: stat.Comm, Argv: argv, MasksUnknown: true})
		pid = stat.PPID
	}
	return above
}

// ReadMasks reads what a process does with signals, if that is to be seen.
func ReadMasks(p *signals.Process) {
	st, err := proc.ReadStatus(p.PID)
	p.MasksUnknown = err != nil || !st.HasSignals
	p.Caught, p.Blocked, p.Ignored = signals.Mask(st.Caught), signals.Mask(st.Blocked), signals.Mask(st.Ignored)
}

// UnderDrainit reports whether this process descends from another drainit, which
// is asked to stop before it and holds.
func UnderDrainit() bool {
	for _, p := range Ancestors() {
		if p.IsDrainit() {
			return true
		}
	}
	return false
}
