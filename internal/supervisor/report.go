package supervisor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/drain"
	"drainit/internal/logging"
	"drainit/internal/signals"
)

// drainReport is the message of the one line that is written at the end of a
// stop. Its keys are stable.
const drainReport = "drain report"

// report writes the drain report. A child that ends by itself, with nothing
// left, is no drain and goes without a word, as under any other init.
func (s *supervisor) report(rec drain.Record, why string) {
	if rec.T0.IsZero() {
		if rec.SweepCut && !s.end.leftoversStay {
			s.log.Warn("leftovers killed", "leftovers", s.leftovers, "after", rec.ExitAt.Sub(rec.ProgramEndAt),
				"remedy", "a longer --sweep, or let the program end them")
		}
		return
	}
	attrs := reportAttrs(rec, why)
	attrs = append(attrs, slog.Bool("leftovers_killed", rec.SweepCut && !s.end.leftoversStay || s.end.sweptByExit))
	attrs = append(attrs, slog.String("stop_signal", s.sentText()), slog.String("program", s.program))
	if rec.First != 0 {
		attrs = append(attrs, slog.String("first_request", requestName(rec.First)))
	}
	attrs = append(attrs, connectionAttrs(rec)...)
	attrs = append(attrs, peerAttrs(rec)...)
	level := logging.LevelReport
	if cut(rec) {
		level = slog.LevelWarn
	}
	if (rec.SweepCut || s.end.sweptByExit) && rec.Cut.Most > 0 {
		s.log.Warn("leftovers killed with requests in flight", "requests_cut_at_most", rec.Cut.Most,
			"remedy", "--grace-period: what serves then has until its deadline; or a longer --sweep, or --drain-until idle")
	}
	s.log.LogAttrs(context.Background(), level, drainReport, attrs...)
	if len(s.cfg.Reports) > 0 {
		s.end.report = reportLine("json", level, append(s.identity(), attrs...))
	}
	if s.cfg.TerminationLog == "off" {
		return
	}
	written := beside(s, func() error {
		path, ok := terminationLog(s.cfg.TerminationLog, cut(rec))
		if !ok {
			return nil
		}
		return s.writeTerminationLog(path, level, attrs)
	})
	err := errHangs
	select {
	case err = <-written:
	case <-time.After(terminationPatience):
	}
	if err != nil {
		s.log.Warn("termination log not written", "path", s.terminationPath(), "error", err)
	}
}

// terminationPatience bounds the writing of the termination log: its file system
// may hang, and nobody leaves without PID 1.
const terminationPatience = 250 * time.Millisecond

// terminationPath is where the report goes besides the log.
func (s *supervisor) terminationPath() string {
	if s.cfg.TerminationLog == "auto" {
		return kubernetesTerminationLog
	}
	return s.cfg.TerminationLog
}

// reportAttrs says how long each phase took and why it ended. A phase that did
// not happen took 0s.
func reportAttrs(rec drain.Record, why string) []slog.Attr {
	return []slog.Attr{
		slog.String("request", requestName(rec.Request)),
		slog.Int("requests", rec.Requests),
		slog.Int("status", rec.Status),
		slog.String("ended", why),
		slog.Duration("total", rec.ExitAt.Sub(rec.T0)),
		slog.Duration("hold", between(rec.T0, rec.StopAt, rec.ChildExitAt, rec.KillAt)),
		slog.String("hold_rule", rec.Rule()),
		slog.String("hold_ended", holdEnded(rec)),
		slog.Duration("stopping", between(rec.StopAt, rec.KillAt, rec.ProgramEndAt, rec.ExitAt)),
		slog.Duration("killing", between(rec.KillAt, rec.ExitAt)),
		slog.Duration("sweeping", sweeping(rec)),
		slog.Bool("deadline_hit", !rec.KillAt.IsZero()),
	}
}

// connectionAttrs says what had become of connections, as far as it was seen.
func connectionAttrs(rec drain.Record) []slog.Attr {
	var attrs []slog.Attr
	if e := evidenceOf(rec); e != nil {
		attrs = append(attrs, slog.Any("connections", e[1]))
	}
	switch cut := rec.Cut; {
	case cut.Known && cut.Least == cut.Most:
		attrs = append(attrs, slog.Int("requests_cut", cut.Most))
	case cut.Known:
		attrs = append(attrs, slog.Int("requests_cut_at_most", cut.Most))
	}
	if !rec.FrontClosedAt.IsZero() || rec.Cut.Left > 0 {
		attrs = append(attrs, slog.Int("left_in_turn", rec.Cut.Left))
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
	return between(rec.ProgramEndAt, rec.ExitAt)
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
	return !rec.KillAt.IsZero() || rec.SweepCut || rec.Cut.Least > 0
}

// sentText lists the signals of the stop signal's schedule that were sent, with
// the time between them: SIGQUIT/20s/SIGTERM.
func (s *supervisor) sentText() string {
	text, list := "none", s.sentTo(s.target.PID)
	if len(list) == 0 { // it serves still, and the child has told it
		list = s.sentTo(s.child.PID)
	}
	for i, now := range list {
		if i == 0 {
			text = signalName(now.signal)
			continue
		}
		text += fmt.Sprintf("/%v/%s", now.at.Sub(list[i-1].at).Round(time.Millisecond), signalName(now.signal))
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
	line := reportLine(s.cfg.LogFormat, level, attrs)
	if fd := standardStream(path); fd > 0 {
		return writeAtOnce(fd, line)
	}
	fd, err := unix.Open(path, unix.O_WRONLY|unix.O_CREAT|unix.O_TRUNC|unix.O_NONBLOCK|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o644)
	if err == unix.ELOOP {
		return errors.New("a symbolic link, which is not followed; write the path of the file")
	}
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return writeAtOnce(fd, line)
}

// reportLine is the report as one line of the log.
func reportLine(format string, level slog.Level, attrs []slog.Attr) []byte {
	var line bytes.Buffer
	logging.New(&line, format, slog.LevelDebug).LogAttrs(context.Background(), level, drainReport, attrs...)
	return line.Bytes()
}

// standardStream is the descriptor that a path stands for, 0 for others. Opened by
// that path, a file would be cut to nothing, and a socket is not opened at all.
func standardStream(path string) (fd int) {
	switch path {
	case "/dev/stdout":
		return 1
	case "/dev/stderr":
		return 2
	}
	return 0
}

// writeAtOnce writes a line if it can be written now. A pipe that is ready takes
// PIPE_BUF bytes, 4096, without waiting (pipe(7)).
func writeAtOnce(fd int, line []byte) error {
	ready, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, 0)
	if err == nil && ready == 0 {
		err = unix.EAGAIN
	}
	if err != nil {
		return err
	}
	if n, err := unix.Write(fd, line); err != nil {
		return err
	} else if n < len(line) {
		return io.ErrShortWrite
	}
	return nil
}
