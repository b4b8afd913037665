package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"drainit/test/network"

	"golang.org/x/sys/unix"
)

// A room is where a runtime is tried: namespaces and cgroups of its own, over a Debian root. This program is in it twice:
// as what furnishes it, and, below a PID 1 that reaps, as what tries the features.
type room struct {
	Lower    string // the root; "": no room, but the machine itself, for its own Docker
	Tree     string // what is in containers
	Runtime  string
	Features []string
	Cgroup   string // the name of its cgroups
	Verbose  bool
}

// Stages of this program are told by its first argument.
const (
	furnishing = "furnish-a-room"
	trying     = "try-in-a-room"
)

// longest is how long all of a runtime's features may take.
const longest = 10 * time.Minute

// play tries a runtime, and returns what came of each feature.
func (r room) play(ctx context.Context) (result, error) {
	mnt, err := os.MkdirTemp("", "runtimes")
	if err != nil {
		return result{}, err
	}
	defer os.RemoveAll(mnt)
	told, err := json.Marshal(r)
	if err != nil {
		return result{}, err
	}
	answer, end, err := os.Pipe()
	if err != nil {
		return result{}, err
	}
	defer answer.Close()
	stage := furnishing
	if r.Lower == "" {
		stage = trying
	}
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/proc/self/exe", stage, mnt, string(told))
	cmd.ExtraFiles = []*os.File{end}
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if r.Lower != "" {
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
			Pdeathsig:  syscall.SIGKILL,
		}
		defer removeCgroups(r.Cgroup)
	}
	if err := cmd.Start(); err != nil {
		return result{}, err
	}
	end.Close()
	if r.Lower == "" {
		defer cleanDocker(fmt.Sprint(cmd.Process.Pid))
	}
	var res result
	readErr := json.NewDecoder(answer).Decode(&res)
	return res, errors.Join(cmd.Wait(), readErr)
}

// hierarchies are the directories of the machine's cgroup file systems, version 1.
func hierarchies() []string {
	found, _ := filepath.Glob("/sys/fs/cgroup/*/cgroup.procs")
	var dirs []string
	for _, f := range found {
		dirs = append(dirs, filepath.Dir(f))
	}
	return dirs
}

func removeCgroups(name string) {
	for _, h := range hierarchies() {
		var dirs []string
		_ = filepath.WalkDir(filepath.Join(h, name), func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				dirs = append(dirs, path)
			}
			return nil
		})
		slices.Reverse(dirs) // the inner ones first
		for _, d := range dirs {
			for until := time.Now().Add(5 * time.Second); os.Remove(d) != nil && time.Now().Before(until); {
				time.Sleep(20 * time.Millisecond)
			}
		}
	}
}

// ownCgroups puts this process into cgroups of its own, and into a namespace of them (cgroup_namespaces(7)).
func ownCgroups(name string) error {
	for _, h := range hierarchies() {
		dir := filepath.Join(h, name)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		for _, file := range []string{"cpuset.cpus", "cpuset.mems"} { // empty at first (cpuset(7))
			if value, err := os.ReadFile(filepath.Join(h, file)); err == nil {
				_ = os.WriteFile(filepath.Join(dir, file), value, 0)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte("0"), 0); err != nil {
			return err
		}
	}
	return unix.Unshare(unix.CLONE_NEWCGROUP)
}

// mountCgroups has the hierarchies in the room as they are on the machine; but not the one of version 2 beside them, with
// which crun does not run.
func mountCgroups(machine []string, root string) error {
	at := root + "/sys/fs/cgroup"
	if err := syscall.Mount("tmpfs", at, "tmpfs", 0, "mode=755"); err != nil {
		return err
	}
	for _, h := range machine {
		name := filepath.Base(h)
		if name == "unified" {
			continue
		}
		dir := filepath.Join(at, name)
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
		options := name
		if name == "systemd" {
			options = "none,name=systemd"
		}
		if err := syscall.Mount(name, dir, "cgroup", 0, options); err != nil {
			return fmt.Errorf("cgroup %s: %w", name, err)
		}
	}
	return nil
}

// furnish makes the root at mnt and goes into it. A root by chroot(2) would do for no user namespace (unshare(2)).
func (r room) furnish(mnt string) error {
	if err := ownCgroups(r.Cgroup); err != nil {
		return err
	}
	machine := hierarchies()
	root := filepath.Join(mnt, "root")
	for _, m := range []struct {
		source, target, kind string
		flags                uintptr
		data                 string
	}{
		{"", "/", "", syscall.MS_REC | syscall.MS_PRIVATE, ""},
		{"tmpfs", mnt, "tmpfs", 0, "mode=755"},
		{"overlay", root, "overlay", 0, fmt.Sprintf("lowerdir=%s,upperdir=%[2]s/up,workdir=%[2]s/work", r.Lower, mnt)},
		{"proc", root + "/proc", "proc", 0, ""},
		{"sysfs", root + "/sys", "sysfs", 0, ""},
		{"/dev", root + "/dev", "", syscall.MS_BIND, ""},
		{"devpts", root + "/dev/pts", "devpts", 0, "newinstance,ptmxmode=0666,mode=620,gid=5"},
		{"tmpfs", root + "/dev/shm", "tmpfs", 0, "mode=1777"},
		{"tmpfs", root + "/run", "tmpfs", 0, "mode=755"},
		{"tmpfs", root + "/tmp", "tmpfs", 0, "mode=1777"},
		{"tmpfs", root + "/var/lib/containers", "tmpfs", 0, "mode=755"},
		{"tmpfs", root + "/var/lib/docker", "tmpfs", 0, "mode=755"},
		{"tmpfs", root + "/home", "tmpfs", 0, "mode=755"},
		{"tmpfs", root + "/trial", "tmpfs", 0, "mode=755"},
	} {
		for _, dir := range []string{m.target, mnt + "/up", mnt + "/work"} {
			if _, err := os.Stat(dir); err == nil || m.kind == "" {
				continue
			}
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return err
			}
		}
		if err := syscall.Mount(m.source, m.target, m.kind, m.flags, m.data); err != nil {
			return fmt.Errorf("mount %s %s: %w", m.target, m.data, err)
		}
	}
	if err := mountCgroups(machine, root); err != nil {
		return err
	}
	if err := copyAll(root, r.Tree); err != nil {
		return err
	}
	if err := network.LoopbackUp(); err != nil {
		return err
	}
	return pivot(root)
}

// copyAll puts what is in containers, and this program, into the room.
func copyAll(root, tree string) error {
	for _, argv := range [][]string{
		{"cp", "-a", tree, root + "/trial/tree"},
		{"cp", tree + "/drainit", tree + "/guest", root + "/"},
		{"cp", "/proc/self/exe", root + "/trial/runtimes"},
	} {
		argv[1] = strings.Replace(argv[1], "/proc/self/exe", executable(), 1)
		if out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", strings.Join(argv, " "), err, out)
		}
	}
	return nil
}

func executable() string {
	path, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return path
}

func pivot(root string) error {
	if err := os.Chdir(root); err != nil {
		return err
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("pivot_root: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return err
	}
	return os.Chdir("/")
}
