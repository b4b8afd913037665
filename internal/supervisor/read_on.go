package supervisor

import (
	"io"
	"os"
	"time"

	"drainit/internal/proc"
	"drainit/internal/process"
	"drainit/internal/signals"
)

// readOn reads what others read, in their place and until its end: they are about to
// end, and who writes to a pipe that nobody reads ends by SIGPIPE. What shells read
// goes where they would have written, or nowhere if that cannot be opened; what others
// read may be no text.
func (s *supervisor) readOn(readers []signals.Reader) {
	for _, r := range readers {
		pipes, out := proc.Pipes(r.PID)
		if !r.IsShell && out != nil {
			_ = out.Close()
			out = nil
		}
		alone := s.whenGone(r.With)
		for _, pipe := range pipes {
			s.delivery.reading.Go(func() {
				defer process.Survive(s.log)
				defer pipe.Close()
				<-alone
				copyOn(out, pipe)
			})
		}
	}
}

// readToEndPatience bounds the reading of what is left in the pipes when all who wrote
// have gone.
const readToEndPatience = 250 * time.Millisecond

// readToEnd waits until all has been read.
func (s *supervisor) readToEnd() {
	read := make(chan struct{})
	go func() {
		defer close(read)
		s.delivery.reading.Wait()
	}()
	select {
	case <-read:
	case <-time.After(readToEndPatience):
	}
}

// whenGone returns a channel that is closed when some processes have gone.
func (s *supervisor) whenGone(pids []int) <-chan struct{} {
	all := make(chan struct{})
	gone := make(chan int, len(pids))
	for _, pid := range pids {
		s.host.watch(pid, gone)
	}
	go func() {
		defer close(all)
		for range pids {
			<-gone
		}
	}()
	return all
}

func copyOn(out, pipe *os.File) {
	if out != nil {
		if _, err := io.Copy(out, pipe); err == nil {
			return
		}
	}
	_, _ = io.Copy(io.Discard, pipe)
}
