package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A room is where one scenario is played: what the process inside is told, which is PID 1 of namespaces of its own.
type room struct {
	Lower    string // of the overlay, as mount(8) has it
	Upper    string // a directory that is kept; "": memory
	Drainit  string // a drainit
	Files    string // the harness' own files, seen as /stops
	Program  string // key of the program in the list
	Suite    string
	Scenario scenario
}

// longest is how long a scenario may take, its start included.
const longest = 120 * time.Second

// inside is the variable that makes this command the process inside.
const inside = "STOPS_ROOM"

// play runs a scenario in a room of its own. Whatever is left in it dies with its PID 1.
func (r room) play() (result, error) {
	mnt, err := os.MkdirTemp("", "stops")
	if err != nil {
		return result{}, err
	}
	defer os.RemoveAll(mnt) // nothing is mounted here in this namespace
	told, err := json.Marshal(r)
	if err != nil {
		return result{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), longest+time.Duration(r.Scenario.Grace)*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/proc/self/exe", mnt)
	cmd.Env = []string{inside + "=" + string(told)}
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
		Pdeathsig:  syscall.SIGKILL,
	}
	var res result
	if err := cmd.Run(); err != nil {
		return res, fmt.Errorf("%s %s, %s: %w\n%s", r.Program, r.Suite, r.Scenario.name(), err, tail(log.Bytes()))
	}
	if err := json.Unmarshal(out.Bytes(), &res); err != nil {
		return res, fmt.Errorf("%s %s, %s: %w: %q", r.Program, r.Suite, r.Scenario.name(), err, out.String())
	}
	return res, nil
}

// furnish makes the root at mnt and goes into it. It is the process inside that does it.
func (r room) furnish(mnt string) error {
	root, over := filepath.Join(mnt, "root"), filepath.Join(mnt, "over")
	steps := []struct {
		source, target, kind string
		flags                uintptr
		data                 string
	}{
		{"", "/", "", syscall.MS_REC | syscall.MS_PRIVATE, ""},
		{"tmpfs", mnt, "tmpfs", 0, "mode=755"},
		{"overlay", root, "overlay", 0, ""},
		{"proc", root + "/proc", "proc", 0, ""},
		{"/dev", root + "/dev", "", syscall.MS_BIND, ""},
		{"tmpfs", root + "/dev/shm", "tmpfs", 0, "mode=1777"},
		{r.Files, root + "/stops", "", syscall.MS_BIND, ""},
		{"", root + "/stops", "", syscall.MS_BIND | syscall.MS_REMOUNT | syscall.MS_RDONLY, ""}, // mount(2): a bind has no flags at first
	}
	for _, s := range steps {
		if s.kind == "overlay" {
			if r.Upper != "" {
				over = r.Upper
			}
			s.data = fmt.Sprintf("lowerdir=%s,upperdir=%s/up,workdir=%s/work", r.Lower, over, over)
			for _, dir := range []string{root, over + "/up/stops", over + "/work"} {
				if err := os.MkdirAll(dir, 0o755); err != nil {
					return err
				}
			}
		}
		if err := syscall.Mount(s.source, s.target, s.kind, s.flags, s.data); err != nil && !strings.HasSuffix(s.target, "/shm") {
			return fmt.Errorf("mount %s %s: %w", s.target, s.data, err)
		}
	}
	if r.Scenario.Drainit {
		if err := errors.Join(os.WriteFile(root+drainitPath, nil, 0o755), syscall.Mount(r.Drainit, root+drainitPath, "", syscall.MS_BIND, "")); err != nil {
			return err
		}
	}
	if err := syscall.Chroot(root); err != nil {
		return err
	}
	return os.Chdir("/")
}

// tail is the end of what a command said.
func tail(out []byte) []byte { return out[max(0, len(out)-2000):] }
