package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/drain"
	"drainit/internal/signals"
)

// drainReport is the message of the one line that is written at the end of a
// stop. Its keys are stable.
const drainReport = "drain report"

// report writes the drain report. A child that ends by itself, with nothing
// left, is no drain and goes without a word, as under any other init.
func (s *supervisor) report(rec drain.Record, why string) {
	if rec.T0.IsZero() {
		if rec.SweepCut && !s.leftoversStay {
			s.log.Warn("leftovers killed", "leftovers", s.leftovers, "after", rec.ExitAt.Sub(rec.ChildExitAt),
				"remedy", "a longer --sweep, or let the program end them")
		}
		return
	}
	attrs := reportAttrs(rec, why)
	attrs = append(attrs, slog.Bool("leftovers_killed", rec.SweepCut && !s.leftoversStay))
	attrs = append(attrs, slog.String("stop_signal", s.sentText()), slog.String("program", s.program))
	attrs = append(attrs, connectionAttrs(rec)...)
	attrs = append(attrs, peerAttrs(rec)...)
	level := slog.LevelInfo
	if cut(rec) {
		level = slog.LevelWarn
	}
	s.log.LogAttrs(context.Background(), level, drainReport, attrs...)
	if path, ok := terminationLog(s.cfg.TerminationLog, cut(rec)); ok {
		if err := s.writeTerminationLog(path, level, attrs); err != nil {
			s.log.Warn("termination log not written", "path", path, "error", err)
		}
	}
}

// reportAttrs says how long each phase took and why it ended. A phase that did
// not happen took 0s.
func reportAttrs(rec drain.Record, why string) []slog.Attr {
	return []slog.Attr{
		slog.String("request", requestName(rec)),
		slog.Int("requests", rec.Requests),
		slog.Int("status", rec.Status),
		slog.String("ended", why),
		slog.Duration("total", rec.ExitAt.Sub(rec.T0)),
		slog.Duration("hold", between(rec.T0, rec.StopAt, rec.ChildExitAt, rec.KillAt)),
		slog.String("hold_rule", rec.HoldRule),
		slog.String("hold_ended", holdEnded(rec)),
		slog.Duration("stopping", between(rec.StopAt, rec.KillAt, rec.ChildExitAt, rec.ExitAt)),
		slog.Duration("killing", between(rec.KillAt, rec.ExitAt)),
		slog.Duration("sweeping", sweeping(rec)),
		slog.Bool("deadline_hit", !rec.KillAt.IsZero()),
	}
}

// connectionAttrs says what had become of connections, as far as it was seen.
func connectionAttrs(rec drain.Record) []slog.Attr {
	var attrs []slog.Attr
	if text := rec.Evidence(); text != "" {
		attrs = append(attrs, slog.String("connections", text))
	}
	switch cut, known := rec.Cut(); {
	case known && rec.CutKnown:
		attrs = append(attrs, slog.Int("requests_cut", cut))
	case known:
		attrs = append(attrs, slog.Int("requests_cut_at_most", cut))
	}
	return attrs
}

// peerAttrs says what the peers had to do with it.
func peerAttrs(rec drain.Record) []slog.Attr {
	var attrs []slog.Attr
	if text := peersText(rec); text != "" {
		attrs = append(attrs, slog.String("peers", text))
	}
	if rec.ExitWith != "" {
		attrs = append(attrs, slog.String("exit_with", rec.ExitWith))
	}
	return attrs
}

// between returns the time from an instant to the first of the others that
// came, 0 if it or they did not.
func between(from time.Time, to ...time.Time) time.Duration {
	for _, t := range to {
		if !from.IsZero() && !t.IsZero() {
			return t.Sub(from)
		}
	}
	return 0
}

// sweeping is how long leftovers had, 0 where the deadline came first.
func sweeping(rec drain.Record) time.Duration {
	if !rec.KillAt.IsZero() {
		return 0
	}
	return between(rec.ChildExitAt, rec.ExitAt)
}

func holdEnded(rec drain.Record) string {
	switch {
	case rec.StopWhy != "":
		return rec.StopWhy
	case !rec.KillAt.IsZero():
		return "deadline"
	}
	return "child exited"
}

// cut reports whether somebody's work was cut short, as far as that is sure.
func cut(rec drain.Record) bool {
	requests, _ := rec.Cut()
	return !rec.KillAt.IsZero() || rec.SweepCut || rec.CutKnown && requests > 0
}

// sentText lists the signals of the stop signal's schedule that were sent, with
// the time between them: SIGQUIT/20s/SIGTERM.
func (s *supervisor) sentText() string {
	text := "none"
	for i, now := range s.sent {
		if i == 0 {
			text = signalName(now.signal)
			continue
		}
		text += fmt.Sprintf("/%v/%s", now.at.Sub(s.sent[i-1].at).Round(time.Millisecond), signalName(now.signal))
	}
	return text
}

// signalName names a signal, of which 0 is none.
func signalName(sig unix.Signal) string {
	if sig == 0 {
		return "none"
	}
	return signals.Name(sig)
}

// kubernetesTerminationLog is where Kubernetes reads a container's last words
// from, unless terminationMessagePath says otherwise.
const kubernetesTerminationLog = "/dev/termination-log"

// terminationLog decides where the report goes besides the log, if anywhere. By
// default only what was cut is worth the place, and only if the program left it
// empty.
func terminationLog(setting string, cut bool) (path string, ok bool) {
	switch setting {
	case "off":
		return "", false
	case "auto":
		info, err := os.Lstat(kubernetesTerminationLog)
		usable := err == nil && info.Mode().IsRegular() && info.Size() == 0 &&
			unix.Access(kubernetesTerminationLog, unix.W_OK) == nil
		return kubernetesTerminationLog, cut && usable
	}
	return setting, true
}

// writeTerminationLog writes the report as one line in the log's format. It
// must not hang on what is not a file: O_NONBLOCK, and no symbolic link.
func (s *supervisor) writeTerminationLog(path string, level slog.Level, attrs []slog.Attr) error {
	var line bytes.Buffer
	newLogger(&line, s.cfg.LogFormat, slog.LevelDebug).LogAttrs(context.Background(), level, drainReport, attrs...)
	fd, err := unix.Open(path, unix.O_WRONLY|unix.O_CREAT|unix.O_TRUNC|unix.O_NONBLOCK|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o644)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if n, err := unix.Write(fd, line.Bytes()); err != nil {
		return err
	} else if n < line.Len() {
		return io.ErrShortWrite
	}
	return nil
}
