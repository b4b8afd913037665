package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// reaping is what the orphans of one run of one init took.
type reaping struct {
	cpu  time.Duration // of the init, in user and kernel mode
	wall time.Duration // until the last one was reaped, most of it for making them
}

func (r reaping) cpuTime() time.Duration  { return r.cpu }
func (r reaping) wallTime() time.Duration { return r.wall }

// reap runs the program that makes n orphans under an init.
func reap(c contender, orphans string, n int) (reaping, error) {
	p, err := start(c, orphans, surroundings{})
	if err != nil {
		return reaping{}, err
	}
	time.Sleep(settle)
	r, err := reapUnder(p, n)
	return r, errors.Join(err, p.end())
}

func reapUnder(p *running, n int) (reaping, error) {
	before, err := cpuTime(p.pid())
	if err != nil {
		return reaping{}, err
	}
	if err := binary.Write(p.stdin, binary.NativeEndian, int64(n)); err != nil {
		return reaping{}, err
	}
	began, err := readStamp(p.stdout)
	if err != nil {
		return reaping{}, err
	}
	ended, err := readStamp(p.stdout)
	if err != nil {
		return reaping{}, fmt.Errorf("not all orphans were made and reaped: %w", err)
	}
	after, err := cpuTime(p.pid())
	return reaping{cpu: after - before, wall: time.Duration(ended - began)}, err
}
