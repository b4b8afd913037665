package main

import (
	"fmt"
	"os"
	"syscall"
)

// Where a trial has its files: a file system of its own, which goes with it.
const (
	dir        = "/tmp"
	logPath    = dir + "/log"
	outputPath = dir + "/output"
	program    = dir + "/" + programName
)

// furnish gives the namespaces of a trial what programs want to find: /proc, /dev, /tmp, /run, and the program.
func furnish() error {
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		if self, err = os.ReadFile("/wrappers"); err != nil {
			return err
		}
	}
	for _, m := range []struct{ kind, at, options string }{
		{"proc", "/proc", ""},
		{"tmpfs", dir, "mode=1777"},
		{"tmpfs", "/run", "mode=755"},
		{"tmpfs", "/dev", "mode=755"},
	} {
		if err := syscall.Mount(m.kind, m.at, m.kind, 0, m.options); err != nil {
			return fmt.Errorf("mount %s: %w", m.at, err)
		}
	}
	if err := devices(); err != nil {
		return err
	}
	if err := os.WriteFile(program, self, 0o755); err != nil {
		return err
	}
	for _, path := range []string{logPath, outputPath} {
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			return err
		}
		if err := os.Chmod(path, 0o666); err != nil {
			return err
		}
	}
	return nil
}

func devices() error {
	for name, minor := range map[string]uint32{"null": 3, "zero": 5, "full": 7, "random": 8, "urandom": 9} {
		if err := syscall.Mknod("/dev/"+name, syscall.S_IFCHR|0o666, int(1<<8|minor)); err != nil {
			return fmt.Errorf("/dev/%s: %w", name, err)
		}
		os.Chmod("/dev/"+name, 0o666)
	}
	syscall.Mknod("/dev/tty", syscall.S_IFCHR|0o666, 5<<8)
	os.Chmod("/dev/tty", 0o666)
	for _, at := range []string{"/dev/pts", "/dev/shm"} {
		if err := os.Mkdir(at, 0o1777); err != nil {
			return err
		}
	}
	if err := syscall.Mount("devpts", "/dev/pts", "devpts", 0, "newinstance,ptmxmode=0666,mode=620,gid=5"); err != nil {
		return fmt.Errorf("mount /dev/pts: %w", err)
	}
	os.Symlink("/proc/self/fd", "/dev/fd")
	os.Symlink("pts/ptmx", "/dev/ptmx")
	return os.Chmod("/dev/shm", 0o1777)
}
