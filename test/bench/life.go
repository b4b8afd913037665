package main

import "time"

// life is what one run of one init took.
type life struct {
	start time.Duration // from the exec of the init to the program's main
	exit  time.Duration // from the program's end to the init's, as its parent sees it
}

func (l life) startTime() time.Duration { return l.start }
func (l life) exitTime() time.Duration  { return l.exit }

// live runs child under an init and ends it.
func live(c contender, child string) (life, error) {
	p, err := start(c, child, surroundings{})
	if err != nil {
		return life{}, err
	}
	time.Sleep(settle)
	p.stdin.Close()
	ending, err := readStamp(p.stdout)
	waitErr := p.cmd.Wait()
	ended := monotonic()
	if err == nil {
		err = waitErr
	}
	return life{start: time.Duration(p.began - p.execed), exit: time.Duration(ended - ending)}, err
}
