package supervisor

import "time"

// oomWatch follows how many processes of the container the kernel has killed for
// want of memory. It looks at the start, and whenever a process that was waited
// for had died of a SIGKILL of somebody else's, so that an earlier one is not
// taken for the cause of a later death. The count rises before the process dies
// (mm/oom_kill.c, __oom_kill_process), so a look may find more counted than have died:
// the rest is for who dies within dyingFor. Of a process that another one waits for, or
// that was started by an exec into the container, nobody hears.
type oomWatch struct {
	unknown     bool // the kernel does not tell
	first, last int  // as counted at the start, and at the last look
	dying       int  // of those counted at the last look had not died then, as far as is known
	at          time.Time
}

// dyingFor bounds how long a process takes to die, of which the kernel has decided that.
const dyingFor = 5 * time.Second

// oomVerdict is what a look says of the deaths that caused it.
type oomVerdict struct {
	killed int           // processes that died of SIGKILL
	rose   int           // the count, since the look before, with those who were dying then
	within time.Duration // since that look
	before int           // how many there had been since the start
	alone  bool          // no other process can have been counted, but one of an exec
}

func (w *oomWatch) begin(count func() (int, bool)) {
	n, known := count()
	*w = oomWatch{unknown: !known, first: n, last: n, at: time.Now()}
}

// look is called once the dead have been reaped.
func (w *oomWatch) look(count func() (int, bool), killed int, alone bool) oomVerdict {
	v := oomVerdict{killed: killed, within: time.Since(w.at), before: w.last - w.first, alone: alone}
	n, known := count()
	if w.unknown || !known {
		return v
	}
	v.rose = max(0, n-w.last)
	if v.within <= dyingFor {
		v.rose += w.dying
	}
	w.last, w.dying, w.at = n, max(0, v.rose-killed), time.Now()
	return v
}

// sure and perhaps report whether it was want of memory.
func (v oomVerdict) sure() bool    { return v.rose >= v.killed && v.rose > 0 && v.alone }
func (v oomVerdict) perhaps() bool { return v.rose > 0 }

// oomAlone reports whether nobody but the child can have been killed unseen. It is
// asked before anything is reaped, and of no use once an orphan was.
func (s *supervisor) oomAlone() (alone bool) {
	if s.end.ended || s.reaped.Orphan > 0 {
		return false
	}
	s.guarded(func() {
		if s.host.endedAlone(s.child.PID) {
			pids, known := s.host.children()
			alone = known && len(s.others(pids)) == 1
		}
	})
	return alone
}

// explainKill says what is known of a SIGKILL that was not drainit's.
func (s *supervisor) explainKill() {
	if !s.end.killedByOther {
		return
	}
	s.end.killedByOther = false // said once
	v := s.end.oomDeath
	switch {
	case v.sure():
		s.log.Error("child killed: out of memory", "oom_kills", v.rose, "within", v.within, "remedy", moreMemory)
	case v.perhaps():
		s.log.Error("child killed, perhaps out of memory", "oom_kills", v.rose, "within", v.within, "killed", v.killed, "remedy", moreMemory)
	default:
		s.log.Warn("child killed by a SIGKILL that drainit did not send", "oom_kills_earlier", v.before)
	}
}

const moreMemory = "raise the container's memory limit, or lower what the program uses"
