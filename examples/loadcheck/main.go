// Command loadcheck is a load generator that is honest about loss: it asks a URL
// at a fixed rate, whatever becomes of the requests before, sends nothing twice,
// and says how each request that was lost was lost, and when.
//
// It decides what is asked and how it is told. When requests begin, on which
// connections, and what a failure is called is package load's.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"drainit/examples/internal/console"
	"drainit/examples/internal/page"
	"drainit/examples/load"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	// The second one has its default effect again.
	context.AfterFunc(ctx, stop)
	os.Exit(check(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// check is the program: it returns the exit status, 0 if nothing was lost (with -hold: if
// a hold is told), 1 otherwise, 2 for a wrong command line.
func check(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	s, err := parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		io.WriteString(stdout, usage)
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "loadcheck:", strings.ReplaceAll(err.Error(), "\n", "\nloadcheck: "))
		fmt.Fprintln(stderr, "loadcheck -h has the flags")
		return 2
	}
	file, err := page.Open(s.report)
	if err != nil {
		fmt.Fprintln(stderr, "loadcheck:", err)
		return 2
	}
	r := s.run(ctx, console.New(stderr))
	if s.json {
		err = writeJSON(stdout, r)
	} else {
		err = writeText(stdout, r)
	}
	if err := errors.Join(err, r.page().Into(file)); err != nil {
		fmt.Fprintln(stderr, "loadcheck:", err)
		return 1
	}
	if r.held != nil && !r.held.answered() || r.held == nil && r.lost()+r.unsent > 0 {
		return 1
	}
	return 0
}

// run sends what the settings ask for until it is over or ctx ends, and returns
// what came of it. No request is in flight then.
func (s settings) run(ctx context.Context, screen *console.Console) report {
	client := s.client()
	defer client.Close()
	count := newTally(time.Now(), s.slow)
	reporting, endProgress := context.WithCancel(context.Background())
	var progress sync.WaitGroup
	progress.Go(func() { show(reporting, screen, count) })
	watched := &instances{targets: s.drains, ignore: s.ignore}
	if s.hold {
		progress.Go(func() { watched.watch(reporting) })
	}
	s.loop().Run(ctx, func(due time.Time) {
		count.begin(time.Since(due))
		answer, err := client.Send(due.Add(s.timeout))
		version := s.version(answer)
		count.end(due, time.Now(), answer.From, version, err)
		if s.hold {
			watched.saw(due, version, load.Classify(err))
		}
	}, count.skip)
	endProgress()
	progress.Wait()
	r := report{settings: s, counts: count.now(), took: screen.Elapsed()}
	if s.hold {
		held := watched.seen(time.Now(), s.apart)
		r.held = &held
	}
	r.opened, r.ended = client.Connections()
	return r
}

// loop is when requests begin.
func (s settings) loop() load.Loop {
	return load.Loop{Rate: s.rate, For: s.duration, InFlight: s.inFlight}
}

// report is what a run came to.
type report struct {
	settings
	counts
	held          *holdReport   // of -hold
	took          time.Duration // until the last request was over
	opened, ended int           // connections, and those kept that the server ended
}
