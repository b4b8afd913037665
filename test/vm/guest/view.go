//go:build linux

package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// view becomes what it is told to, with cgroups seen as containers see them. "own": in a cgroup namespace that has its
// cgroups mounted, as engines do under cgroup v2. "bound": in the host's, with nothing but its own cgroup mounted, as with
// docker run --cgroupns host. "unshared": in a namespace of its own with the host's cgroups mounted, as unshare -C leaves it.
func view(how string, argv []string) {
	runtime.LockOSThread() // what is unshared is this thread's, which execve(2) makes the process's
	var err error
	if how != "bound" {
		err = unix.Unshare(unix.CLONE_NEWCGROUP)
	}
	switch {
	case err != nil:
	case how == "own":
		_ = syscall.Unmount(cgroups, syscall.MNT_DETACH) // one filesystem is not mounted twice at one place
		err = syscall.Mount("cgroup2", cgroups, "cgroup2", 0, "")
	case how == "bound":
		err = syscall.Mount(cgroups+"/story", cgroups, "", syscall.MS_BIND, "")
	}
	if err == nil {
		err = syscall.Exec(argv[0], argv, os.Environ())
	}
	fmt.Fprintln(os.Stderr, "view:", err)
	os.Exit(1)
}
