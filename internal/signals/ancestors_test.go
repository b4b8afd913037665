package signals

import (
	"path"
	"syscall"
	"testing"
)

func TestDeafShell(t *testing.T) {
	is := func(pid int, argv ...string) Process {
		return Process{PID: pid, Comm: path.Base(argv[0]), Argv: argv, Caught: MaskOf(syscall.SIGINT, syscall.SIGCHLD)}
	}
	with := func(p Process, change func(*Process)) Process {
		change(&p)
		return p
	}
	sh := is(1, "/bin/sh", "-c", "/drainit -- nginx; echo")
	catches := func(sig Signal) Process { return with(sh, func(p *Process) { p.Caught |= MaskOf(sig) }) }
	interactive := with(is(7, "bash"), func(p *Process) { p.Ignored = MaskOf(syscall.SIGTERM) })
	for _, tt := range []struct {
		name      string
		ancestors []Process
		want      string // "": nothing is sure
	}{
		{"shell form", []Process{sh}, "sh"},
		{"script", []Process{is(1, "/bin/bash", "/start.sh")}, "bash"},
		{"busybox", []Process{is(1, "busybox", "sh", "/start.sh")}, "busybox"},
		{"script in a script", []Process{is(7, "sh", "b.sh"), is(1, "sh", "a.sh")}, "sh"},
		{"supervisor below it", []Process{is(7, "supervisord"), sh}, "sh"},
		{"nobody above", nil, ""},
		{"its parent is outside", []Process{is(7, "sh")}, ""},
		{"trap", []Process{catches(syscall.SIGTERM)}, ""},
		{"trap of another stop signal", []Process{catches(syscall.SIGQUIT)}, ""},
		{"another init", []Process{is(7, "sh"), is(1, "/sbin/tini", "--", "sh")}, ""},
		{"pause", []Process{is(7, "sh"), is(1, "/pause")}, ""},
		{"systemd", []Process{is(7, "bash"), is(1, "/sbin/init")}, ""},
		{"another drainit", []Process{is(7, "drainit", "--", "sh"), sh}, ""},
		{"by hand", []Process{with(sh, func(p *Process) { p.Ignored = MaskOf(syscall.SIGTERM) })}, ""},
		{"by hand, below a script", []Process{interactive, sh}, ""},
		{"signals not to be seen", []Process{with(sh, func(p *Process) { p.MasksUnknown = true })}, ""},
	} {
		got, ok := DeafShell(tt.ancestors)
		if !ok {
			got = ""
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
