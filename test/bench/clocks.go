package main

import (
	"time"

	"golang.org/x/sys/unix"
)

// monotonic returns CLOCK_MONOTONIC in nanoseconds.
func monotonic() int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		panic(err) // the clock is always there (clock_gettime(2)) and &t is valid
	}
	return t.Nano()
}

// cpuTime returns the CPU time that a process has used in user and in kernel mode, without that of its children: its
// own clock, to the nanosecond (clock_getcpuclockid(3); the number's making is the kernel's MAKE_PROCESS_CPUCLOCK).
// What wait4(2) tells would have the children's in it.
func cpuTime(pid int) (time.Duration, error) {
	const scheduled = 2 // CPUCLOCK_SCHED
	var t unix.Timespec
	err := unix.ClockGettime(^int32(pid)<<3|scheduled, &t)
	return time.Duration(t.Nano()), err
}
