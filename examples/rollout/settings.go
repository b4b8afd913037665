package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// settings is a command line.
type settings struct {
	cell     cell // but for its lane
	lanes    []lane
	full     bool
	demo     bool
	rollouts int // of each cell
	atOnce   int
	server   string
	drainit  string
	verbose  bool
	report   string          // file, empty for none
	given    map[string]bool // flags, by name
}

const usage = `usage: rollout [flags]

Plays a rolling restart of three replicas of a server, under a load of new
connections at a fixed rate and behind routes that follow late, in lanes at the
same time:

  bare     the server by itself
  sleep    the server by itself, on a platform with a preStop sleep
  drainit  the server under drainit
  front    the server under drainit with --front

and says what became of every request. With -keep the clients POST on connections
that they keep, and the server exits at once on SIGTERM. Exits 1 if drainit lost
any (with -keep, with --front), or if bare lost none. With -full it plays many
lags, response times and kinds of server, the front for those that exit at once,
and exits 1 where the losses are not where arithmetic expects them.

`

// parse reads the command line. Its output, usage included, goes to w.
func parse(args []string, w io.Writer) (settings, error) {
	s := settings{cell: cell{rule: byStop}}
	c := &s.cell
	flags := flag.NewFlagSet("rollout", flag.ContinueOnError)
	flags.SetOutput(w)
	flags.Usage = func() {
		fmt.Fprint(w, usage)
		flags.PrintDefaults()
	}
	flags.DurationVar(&c.lag, "lag", time.Second, "from a decision about a replica until the routes follow it")
	flags.TextVar(&c.rule, "routes", byStop, "what the routes follow: stop (the platform's stop of a replica, as kube-proxy does)\nor probe (a balancer's own health checks of /readyz or, without drainit, /healthz)")
	flags.DurationVar(&c.probeInterval, "probe-interval", time.Second, "with -routes probe: the time between two checks")
	flags.IntVar(&c.probeThreshold, "probe-threshold", 2, "with -routes probe: equal answers until the balancer believes them")
	flags.StringVar(&c.mode, "mode", serverDrains, "what the server does on SIGTERM: exit, drain or ignore")
	flags.DurationVar(&c.response, "response-time", 500*time.Millisecond, "how long the server takes to answer")
	flags.DurationVar(&c.startDelay, "start-delay", 0, "how long the server takes to listen")
	flags.DurationVar(&c.hold, "hold", 5*time.Second, "the preStop sleep, and drainit's --drain-delay")
	flags.StringVar(&c.unready, "unready-after", "", "drainit's --unready-after, in its lane: a duration, or stop")
	flags.DurationVar(&c.grace, "grace", 30*time.Second, "SIGKILL this long after the stop request; drainit's --grace-period")
	flags.IntVar(&c.rate, "rate", 200, "requests a second, in each lane")
	flags.DurationVar(&c.limit, "timeout", 10*time.Second, "for one request")
	flags.BoolVar(&c.keep, "keep", false, "POST on connections that clients keep; changes what -mode and -lanes are unless given")
	lanes := flags.String("lanes", "bare,sleep,drainit", "the lanes to play; with -keep or -full bare,sleep,drainit,front")
	flags.BoolVar(&s.full, "full", false, "play every lag, response time and kind of server; -lag, -routes, -mode,\n-response-time and -keep have no effect")
	flags.BoolVar(&s.demo, "demo", false, "play two scenes, one after the other: what the other flags say, and -keep with a\n-hold of 3s unless given")
	flags.StringVar(&s.report, "report", "", "also draw the timeline of every replica, its routes and every lost request, into\nthis HTML `file`")
	flags.IntVar(&s.rollouts, "rollouts", 1, "play each rollout so many times, and say the sums")
	flags.BoolVar(&s.verbose, "v", false, "the timeline also has what the server and drainit write")
	flags.IntVar(&s.atOnce, "at-once", 6, "rollouts at the same time")
	flags.StringVar(&s.server, "server", "", "the example server's binary (built with the go command if not given)")
	flags.StringVar(&s.drainit, "drainit", "bin/drainit", "drainit's binary")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	s.given = map[string]bool{}
	flags.Visit(func(f *flag.Flag) { s.given[f.Name] = true })
	if c.keep && !s.given["mode"] {
		c.mode = serverExits
	}
	if (c.keep || s.full) && !s.given["lanes"] {
		*lanes = "bare,sleep,drainit,front"
	}
	var err error
	s.lanes, err = parseLanes(*lanes)
	return s, errors.Join(err, s.check())
}

// parseLanes reads a list of lanes.
func parseLanes(list string) ([]lane, error) {
	var lanes []lane
	for name := range strings.SplitSeq(list, ",") {
		switch l := lane(name); l {
		case bare, asleep, drained, fronted:
			lanes = append(lanes, l)
		default:
			return nil, fmt.Errorf("-lanes %q: no lane %q; want some of bare, sleep, drainit, front", list, name)
		}
	}
	return lanes, nil
}

// check says what is wrong with the values, all at once.
func (s settings) check() error {
	var errs []error
	wrong := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	c := s.cell
	wrong(c.mode != serverExits && c.mode != serverDrains && c.mode != serverIgnores, "-mode %q: want exit, drain or ignore", c.mode)
	wrong(c.lag < 0, "-lag %v: want 0 or more", c.lag)
	wrong(c.rate < 1 || c.rate > 10000, "-rate %d: want 1 to 10000", c.rate)
	wrong(c.hold < 0 || c.hold >= c.deadline(), "-hold %v: want less than %v, which a grace period of %v leaves", c.hold, c.deadline(), c.grace)
	wrong(c.limit <= c.response, "-timeout %v: want more than the response time, %v", c.limit, c.response)
	wrong(c.probeInterval <= 0, "-probe-interval %v: want more than 0", c.probeInterval)
	wrong(c.probeThreshold < 1, "-probe-threshold %d: want 1 or more", c.probeThreshold)
	wrong(s.atOnce < 1, "-at-once %d: want 1 or more", s.atOnce)
	wrong(s.demo && (s.full || c.keep), "-demo: it plays what -keep does as well, and is not for -full; leave those out")
	wrong(s.report != "" && !s.drawn(), "-report %s: it draws single rollouts, and is not for -full or -rollouts", s.report)
	wrong(s.rollouts < 1, "-rollouts %d: want 1 or more", s.rollouts)
	return errors.Join(errs...)
}

// cells are the rollouts to play, all of them before any is played again.
func (s settings) cells() []cell {
	if s.full {
		other := func(c cell) bool { return !slices.Contains(s.lanes, c.lane) }
		return slices.Repeat(slices.DeleteFunc(matrix(s.cell), other), s.rollouts)
	}
	var cells []cell
	for _, lane := range s.lanes {
		s.cell.lane = lane
		cells = append(cells, s.cell)
	}
	return slices.Repeat(cells, s.rollouts)
}
