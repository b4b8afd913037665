package main

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// signalsATurn is how often one running init is signalled, of which the median counts.
	signalsATurn = 10
	// betweenSignals lets the init and its program go to sleep again.
	betweenSignals = 2 * time.Millisecond
)

// signalled is how long the signals of one run of one init took.
type signalled struct {
	handled time.Duration // from kill(init, SIGUSR1) until the program has handled it
	stopped time.Duration // from kill(init, SIGTERM) to the init's end, the program ending at once
}

func (s signalled) handledTime() time.Duration { return s.handled }
func (s signalled) stoppedTime() time.Duration { return s.stopped }

// signal runs handler under an init, signals it, and stops it.
func signal(c contender, handler string) (signalled, error) {
	p, err := start(c, handler, surroundings{silent: true}) // drainit logs its stop
	if err != nil {
		return signalled{}, err
	}
	defer p.stdin.Close()
	time.Sleep(settle)
	var handled []time.Duration
	for range signalsATurn {
		sent := monotonic()
		if err := unix.Kill(p.pid(), unix.SIGUSR1); err != nil {
			return signalled{}, err
		}
		caught, err := readStamp(p.stdout)
		if err != nil {
			return signalled{}, errors.Join(err, p.cmd.Wait())
		}
		handled = append(handled, time.Duration(caught-sent))
		time.Sleep(betweenSignals)
	}
	sent := monotonic()
	if err := unix.Kill(p.pid(), unix.SIGTERM); err != nil {
		return signalled{}, err
	}
	err = p.cmd.Wait()
	return signalled{median(handled), time.Duration(monotonic() - sent)}, err
}
