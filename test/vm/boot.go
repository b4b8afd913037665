package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// bootLimit bounds a machine's life, on a host that is late.
const bootLimit = 45 * time.Minute

// A start is what a machine has as its first process. Everything after -- is its arguments, and what has a = is its
// environment.
type start struct {
	init    string
	end     string // what the kernel says at the end
	stories bool   // it comes to the end of some
}

const panics = "panic"

// starts are a machine's: as a container's host, and with drainit as /init, at whose end the kernel panics, or does what
// --on-exit says.
var starts = []start{
	{"rdinit=/guest SEARCH=yes", "Power down", true},
	{"rdinit=/drainit DRAINIT_DRAIN_DELAY=0 DRAINIT_DEADLINE=30s -- /guest machine", panics, true},
	{"rdinit=/drainit DRAINIT_ON_EXIT=poweroff DRAINIT_DEADLINE=30s -- /guest bare", "Power down", true},
	{"rdinit=/drainit DRAINIT_ON_EXIT=reboot -- /guest exit 7", "Restarting system", false},
}

// A console is what a machine wrote.
type console struct {
	text []byte
	cpu  time.Duration // of the host's
}

// boot runs a machine until it powers off or panics.
func (l *lab) boot(ctx context.Context, m machine, image, init string) (console, error) {
	ctx, cancel := context.WithTimeout(ctx, bootLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, l.loader(), l.qemu(m, image, init)...)
	var out bytes.Buffer
	cmd.Stdout = &out
	if l.verbose {
		cmd.Stdout = io.MultiWriter(&out, os.Stderr)
	}
	cmd.Stderr = cmd.Stdout // the same, so that one writes
	err := cmd.Run()
	c := console{text: out.Bytes()}
	if cmd.ProcessState != nil {
		c.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	if err != nil {
		return c, fmt.Errorf("qemu: %w: %s", err, tail(c.text))
	}
	return c, nil
}

// loader is the loader of QEMU's own Debian: its name is the architecture's of this machine.
func (l *lab) loader() string { return one(filepath.Join(l.cache, "qemu/usr/lib*/ld-linux-*.so.*")) }

// one is the file of a pattern.
func one(pattern string) string {
	if found, _ := filepath.Glob(pattern); len(found) > 0 {
		return found[0]
	}
	return pattern // which says in an error what was looked for
}

// qemu is a machine's command line: its time goes by its instructions (-icount), 4 ns each, and leaps over idleness.
func (l *lab) qemu(m machine, image, init string) []string {
	root := filepath.Join(l.cache, "qemu/usr")
	parameters := "panic=-1 quiet loglevel=1 random.trust_cpu=on " + init
	if m.console != "" {
		parameters = "console=" + m.console + " " + parameters
	}
	libraries := filepath.Dir(one(root + "/lib/*-linux-gnu/libc.so.6"))
	args := []string{"--library-path", libraries + ":" + libraries + "/pulseaudio", root + "/bin/" + m.qemu[0]}
	args = append(args, m.qemu[1:]...)
	return append(args, "-L", root+"/share/qemu", "-L", root+"/share/seabios", "-L", root+"/share/slof",
		"-accel", "tcg", "-icount", "shift=2,sleep=off", "-rtc", "clock=vm", "-smp", "1", "-m", "1024",
		"-nographic", "-nodefaults", "-serial", "stdio", "-monitor", "none", "-no-reboot",
		"-kernel", filepath.Join(l.cache, m.kernel(), "kernel"), "-initrd", image, "-append", parameters)
}

// tail is the end of a text.
func tail(text []byte) []byte { return text[max(0, len(text)-2000):] }
