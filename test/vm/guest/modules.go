//go:build linux

package main

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// needs are the modules behind what the kernel asks /sbin/modprobe for, each after what it depends on: sock_diag(7) asks
// by protocol family (AF_INET is 2, AF_UNIX 1) and protocol (TCP is 6).
var needs = map[string][]string{
	"net-pf-16-proto-4-type-2-6": {"inet_diag", "tcp_diag"},
	"net-pf-16-proto-4-type-2":   {"inet_diag"},
	"net-pf-16-proto-4-type-10":  {"inet_diag"},
	"net-pf-16-proto-4-type-1":   {"unix_diag"},
}

// modprobe is what the kernel runs where it lacks something. It returns its exit status.
func modprobe(alias string) int {
	for _, name := range needs[alias] {
		if err := load(name); err != nil {
			return 1
		}
	}
	return 0
}

// load loads a module of the initramfs. One that is there, or that the kernel has built in, is no error.
func load(name string) error {
	file, err := os.Open("/modules/" + name + ".ko")
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	if err := unix.FinitModule(int(file.Fd()), "", 0); err != nil && err != unix.EEXIST {
		return err
	}
	return nil
}

// loadable lets the kernel load modules from now on.
func loadable() error {
	if err := os.MkdirAll("/sbin", 0o755); err != nil {
		return err
	}
	return os.Symlink("/guest", "/sbin/modprobe")
}

// builtIn reports whether the kernel has a module in itself: then the initramfs has no file of it.
func builtIn(name string) bool {
	_, err := os.Stat("/modules/" + name + ".ko")
	return err != nil
}
