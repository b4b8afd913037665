package main

import (
	"fmt"
	"io"
	"sync/atomic"
)

// workers are asked for jobs, which they fetch from a Redis beside them.
type workers struct{ beside container }

// jobs counts them, so that each has its own name.
var jobs atomic.Int64

func (w workers) prepare(slow bool) func() answer {
	seconds := "0"
	if slow {
		seconds = "3"
	}
	job := []string{"/servers/job", fmt.Sprint("job-", jobs.Add(1)), seconds}
	return command{beside: w.beside, fast: job}.prepare(false)
}

// keep keeps nothing: nobody connects to a worker.
func (w workers) keep() (io.Closer, error) { return closer(func() {}), nil }
