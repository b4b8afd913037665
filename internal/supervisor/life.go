package supervisor

import (
	"log/slog"
	"os"

	"drainit/internal/config"
	"drainit/internal/frontproc"
	"drainit/internal/launch"
	"drainit/internal/logging"
	"drainit/internal/process"
	"drainit/internal/reaper"
)

// Run is drainit's life as an init: what comes before the program runs, the program,
// and the loop that sees it through. It returns the status to leave with.
func Run(args, env []string) int {
	cfg, warnings, err := read(args, env)
	switch {
	case err != nil:
		return launch.NotStarted(cfg.LogFormat, process.ExitFailed, err)
	case cfg.Help || cfg.Version:
		return inform(cfg)
	}
	log, out := logging.Open(cfg.LogFormat, cfg.LogLevel)
	defer out.Flush(logging.FlushPatience)
	for _, w := range warnings {
		log.Warn("variable ignored", "why", w)
	}
	return launch.Leave(cfg, supervise(cfg, env, out, log))
}

// supervise starts the child and sees it through. What is slow comes after the
// start; what may fail and must be known comes before.
func supervise(cfg config.Config, env []string, out *logging.Writer, log *slog.Logger) int {
	background := inBackground()
	ready := process.Prepare()
	file, err := process.Lookup(cfg.Command[0], process.PathOf(env))
	if err != nil {
		return launch.Refuse(cfg, cfg.Command[0], err)
	}
	listener, err := launch.Bind(cfg, log)
	if err != nil {
		return launch.NotStarted(cfg.LogFormat, process.ExitFailed, err)
	}
	hungUp, err := launch.Hangup(cfg)
	if err != nil {
		return launch.NotStarted(cfg.LogFormat, process.ExitFailed, err)
	}
	if err := reaper.Adopt(); err != nil {
		log.Warn("orphans cannot be adopted: not PID 1, and no subreaper", "error", err)
	}
	received := ready()
	process.ResetIgnored()
	if cfg, err = launch.ChoosePorts(cfg, env, log); err != nil {
		return launch.NotStarted(cfg.LogFormat, process.ExitFailed, err)
	}
	front, err := frontproc.Open(cfg)
	if err != nil {
		return launch.NotStarted(cfg.LogFormat, process.ExitFailed, err)
	}
	child, err := launch.Start(file, cfg.Command, cfg.Env(env), cfg.ParentDeathSignal)
	if err != nil {
		return launch.Refuse(cfg, file, err)
	}
	received.Settle()
	process.CloseInherited()
	if err := process.LeaveDirectory(); err != nil {
		log.Warn("working directory not left", "error", err)
	}

	first := make(process.FirstThread, process.Queued)
	s := newSupervisor(cfg, child, front, first, log, received)
	s.inbox.hungUp = hungUp
	s.warnHidden()
	if !s.host.init {
		go s.tellDeafShell(background)
	}
	s.guarded(func() { s.serve(listener, out, first) })
	go func() { // any thread can run it, which costs half as much as one that is bound
		code := s.run()
		s.readToEnd()
		s.sendReport(first)
		out.Flush(logging.FlushPatience)
		os.Exit(launch.Leave(cfg, code))
	}()
	return first.Serve() // what is this thread's alone
}
