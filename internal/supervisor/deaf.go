package supervisor

import (
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/look"
	"drainit/internal/process"
	"drainit/internal/signals"
)

// trapPatience is how long a shell that has started drainit in the background may
// take to set its trap before it is said to have none.
const trapPatience = 10 * time.Second

// inBackground reports whether a shell started this process and went on: it leaves
// SIGINT ignored then, or, with job control, makes it the leader of a group. Only
// before signals are received does the kernel still tell.
func inBackground() bool {
	self := signals.Process{PID: os.Getpid()}
	if self.PID == 1 {
		return false
	}
	look.ReadMasks(&self)
	return self.Ignored.Has(syscall.SIGINT) || unix.Getpgrp() == self.PID
}

// tellDeafShell says, once, that the platform's signals do not get here. A shell
// that waits in the foreground does nothing more until drainit has ended.
func (s *supervisor) tellDeafShell(background bool) {
	defer process.Survive(s.log)
	if background {
		time.Sleep(trapPatience)
	}
	above := look.Ancestors()
	for i := range above {
		look.ReadMasks(&above[i])
	}
	shell, ok := signals.DeafShell(above)
	if !ok {
		return
	}
	s.mu.Lock()
	s.deafShell = shell
	s.mu.Unlock()
	s.log.Warn("the platform's signals end at the shell that is PID 1", "shell", shell,
		"effect", "no drain: the program hears of no stop and is killed when the grace period is over",
		"remedy", `write ENTRYPOINT in exec form, ["/drainit", "--", "PROGRAM", "ARG"]; in a script, exec before drainit`)
}
