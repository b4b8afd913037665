package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// suites are what is measured, first the one that the document tells wholly. Of the others it tells what differs.
var suites = []string{"bookworm", "trixie", "sid"}

// others are the packages that are looked at in the other suites too: those that images are made of.
var others = []string{"bash", "bsdutils", "busybox", "catatonit", "coreutils", "daemontools", "dash", "dpkg", "dumb-init",
	"findutils", "gosu", "ksh93u+m", "make", "mksh", "opendoas", "perl-base", "procps", "runit", "s6", "sudo", "sudo-rs", "time",
	"tini", "util-linux", "yash", "zsh"}

// packages are all that are installed in a root, if the suite has them.
func packages(suite string) []string {
	if suite != suites[0] {
		return others
	}
	var all []string
	for _, w := range wrappers {
		all = append(all, w.pack)
	}
	for _, s := range shells {
		all = append(all, s.pack)
	}
	all = append(all, "xauth") // xvfb-run's own
	slices.Sort(all)
	return slices.Compact(all)
}

// unpack makes a root of the suite, with this program in it, and returns its directory.
func unpack(suite string) (string, error) {
	root, err := os.MkdirTemp("", "wrappers-")
	if err != nil {
		return "", err
	}
	os.Chmod(root, 0o755)
	command := exec.Command("test/wrappers/root.sh", append([]string{suite, root}, packages(suite)...)...)
	command.Stderr = os.Stderr
	if err := command.Run(); err != nil {
		os.RemoveAll(root)
		return "", fmt.Errorf("%s: %w", command, err)
	}
	return root, putSelf(root)
}

// putSelf copies this program into a root, as PID 1 of the trials there.
func putSelf(root string) error {
	self, err := os.Open("/proc/self/exe")
	if err != nil {
		return err
	}
	defer self.Close()
	copied, err := os.OpenFile(filepath.Join(root, "wrappers"), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(copied, self); err != nil {
		return err
	}
	return copied.Close()
}

// versionOf returns the version of a package in a root, or "" where it is not installed.
func versionOf(root, pack string) string {
	args := []string{"dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", pack}
	if root != "" {
		args = append([]string{"chroot", root}, args...)
	}
	output, err := exec.Command(args[0], args[1:]...).Output()
	version, installed := strings.CutPrefix(string(output), "installed ")
	if err != nil || !installed {
		return ""
	}
	return version
}

// has reports whether a root has a command.
func has(root, command string) bool {
	for _, directory := range []string{"usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin", "."} {
		if _, err := os.Stat(filepath.Join(root, "/", directory, command)); err == nil {
			return true
		}
	}
	return false
}
