package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"drainit/internal/frontproc"
	"drainit/internal/process"
	"drainit/internal/testkit"
)

// What gVisor's kernel does not have, or has otherwise, made here from Linux's.

// TestRoleByOwnSocket: where SO_PEERCRED names the process that asks, as gVisor's does, a
// role is told from a COMMAND still. A socket that a process has made itself says the same
// on Linux. The other end is closed, so that the front has nothing to do.
func TestRoleByOwnSocket(t *testing.T) {
	t.Parallel()
	self := role("own-socket", binary)
	out, err := exec.CommandContext(t.Context(), self[0], self[1:]...).CombinedOutput()
	if code := exitCode(err); code != process.ExitFailed || len(out) > 0 {
		t.Errorf("got %q and status %d, want a front that leaves in silence with %d", out, code, process.ExitFailed)
	}
}

func exitCode(err error) int {
	if exit, ok := err.(*exec.ExitError); ok {
		return exit.ExitCode()
	}
	return 0
}

// roleOwnSocket becomes a drainit that is called as the front is, with a socket of its own.
func roleOwnSocket(args []string) int {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET, 0)
	must(err)
	must(unix.Dup3(pair[0], 0, 0))
	must(unix.Close(pair[0]))
	must(unix.Close(pair[1]))
	must(syscall.Exec(args[0], []string{frontproc.Name, "--version"}, nil))
	return 99
}

// TestHelpersWithoutPidfd: /drain and /metrics are answered where clone(2) knows no
// CLONE_PIDFD and says EINVAL.
func TestHelpersWithoutPidfd(t *testing.T) {
	t.Parallel()
	probes := testkit.FreeAddr(t)
	launch(t, spec{prepare: "no-pidfd", args: command([]string{"--probe-addr", probes, "--ports", "none"}, sh("echo ready; exec sleep 1000")...)}).says("ready")
	testkit.Soon(t, "/metrics is served", func() bool { return probeOnce(probes, "/metrics") == nil })
	if err := probeOnce(probes, "/drain"); err != nil {
		t.Error(err)
	}
}

// TestChildrenWhereProcIsImitated: gVisor's list of children has their threads in it, too.
// They are no leftovers. Its status has no signal sets, by which it is known.
func TestChildrenWhereProcIsImitated(t *testing.T) {
	t.Parallel()
	addr, target := testkit.FreeAddr(t), testkit.FreeAddr(t)
	r := launch(t, spec{prepare: "imitated-proc=" + t.TempDir(), args: command([]string{"--grace-period", "10", "--drain-delay", "0",
		"--front", addr + "=" + target}, role("app", target)...)})
	r.says("ready")
	r.signal(syscall.SIGTERM)
	r.wantExit(0)
	if log := r.stderr.String(); strings.Contains(log, "leftovers remain") || !strings.Contains(log, "leftovers_killed=false") {
		t.Errorf("threads are leftovers:\n%s", log)
	}
}

// imitateProc puts files from a directory in the place of what /proc says of this process,
// PID 1: children that are none, and a status without signals.
func imitateProc(dir string) {
	status, err := os.ReadFile("/proc/1/status")
	must(err)
	var lines []string
	for line := range strings.Lines(string(status)) {
		if !strings.HasPrefix(line, "Sig") {
			lines = append(lines, line)
		}
	}
	for file, text := range map[string]string{"status": strings.Join(lines, ""), "task/1/children": "4194302 4194303 "} {
		imitation := filepath.Join(dir, filepath.Base(file))
		must(os.WriteFile(imitation, []byte(text), 0o644))
		must(unix.Mount(imitation, "/proc/1/"+file, "", unix.MS_BIND, ""))
	}
}

// noPidfd makes clone(2) with CLONE_PIDFD fail with EINVAL on this thread and in what it
// executes, and pidfd_open(2) with ENOSYS.
func noPidfd() {
	flags := uint32(16) // low half of args[0] in struct seccomp_data
	if one := uint16(1); *(*byte)(unsafe.Pointer(&one)) == 0 {
		flags += 4
	}
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: 4, K: unix.SYS_PIDFD_OPEN},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 4, K: unix.SYS_CLONE},
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: flags},
		{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, Jf: 2, K: unix.CLONE_PIDFD},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EINVAL)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	must(unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
	_, _, errno := unix.RawSyscall(unix.SYS_PRCTL, unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)))
	if errno != 0 {
		must(fmt.Errorf("seccomp: %w", errno))
	}
}
