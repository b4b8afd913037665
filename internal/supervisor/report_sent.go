package supervisor

import (
	"cmp"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/config"
	"drainit/internal/drain"
	"drainit/internal/helper"
	"drainit/internal/process"
	"drainit/internal/report"
	"drainit/internal/version"
)

// reportUntil is when drainit leaves at the latest, sent or not: before the platform
// kills it, or where that is not known, before it had to leave without a report.
func reportUntil(p drain.Plan, rec drain.Record) time.Time {
	until := rec.ExitAt.Add(config.ReportPatience)
	last := time.Time{}
	switch {
	case p.GracePeriod > 0:
		last = rec.T0.Add(p.GracePeriod - min(p.GracePeriod/10, config.ReportPatience))
	case p.Deadline > 0:
		last = rec.T0.Add(p.Deadline + killPatience)
	}
	if !last.IsZero() && last.Before(until) {
		return last
	}
	return until
}

// identity is whose report it is, for who collects those of many.
func (s *supervisor) identity() []slog.Attr {
	job := cmp.Or(s.cfg.Settings.Name, s.program, filepath.Base(s.cfg.Command[0]))
	instance, _ := os.Hostname()
	return []slog.Attr{slog.String("job", job), slog.String("instance", instance), slog.String("version", version.Version),
		slog.Time("stop_request_time", s.machine.Record().T0)}
}

// sinkSaid is what became of a report at one of its sinks, or, where that is none of them,
// at all that are left.
type sinkSaid struct {
	sink int
	err  error
}

// sendReport sends the report, if there is one and somewhere to send it, once the loop
// has ended. It returns in time, whatever the other sides do.
func (s *supervisor) sendReport(first process.FirstThread) {
	if s.end.report == nil {
		return
	}
	until := reportUntil(s.machine.Plan(), s.machine.Record())
	late := time.After(time.Until(until))
	said := make(chan sinkSaid, len(s.cfg.Reports)+1)
	go s.sendBy(first, until, said)
	why, open := report.Late(), true
	left := map[int]bool{}
	for i := range s.cfg.Reports {
		left[i] = true
	}
	for open {
		var at sinkSaid
		select {
		case at, open = <-said:
		case <-late:
			open = false
		}
		switch {
		case !open:
		case at.sink < 0:
			why = at.err
		default:
			delete(left, at.sink)
			s.reported(at.sink, at.err)
		}
	}
	for i := range left {
		s.reported(i, why)
	}
	s.host.reap(func(int, unix.WaitStatus) {}) // the helper, for whose end nobody else waits
}

// sendBy has a helper send the report, and closes said when that has gone.
func (s *supervisor) sendBy(first process.FirstThread, until time.Time, said chan<- sinkSaid) {
	defer close(said)
	defer process.Survive(s.log)
	err := errors.New("no time is left")
	if time.Until(until) > 0 {
		h := helper.Helpers{First: first, Own: s.own, Log: s.log}
		err = h.Deliver(s.end.report, s.cfg.Reports, until, func(sink int, err error) { said <- sinkSaid{sink, err} })
	}
	if err != nil {
		said <- sinkSaid{-1, err}
	}
}

// reported says what became of the report at a sink.
func (s *supervisor) reported(sink int, err error) {
	to := s.cfg.Reports[sink]
	if err != nil {
		s.log.Warn("report not sent", "to", to, "error", err, "after", s.sinceStop())
		return
	}
	s.log.Info("report sent", "to", to, "after", s.sinceStop())
}
