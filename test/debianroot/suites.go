package debianroot

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// Suites are the generations of Debian, the oldest first.
var Suites = []string{"bookworm", "trixie", "sid"}

// Roots are directories with a small Debian of each suite in Dir, in which packages are installed when they are first
// asked for. A suite's root is kept: programs in it are as new as when they were installed.
type Roots struct{ Dir string }

// Root returns the suite's directory, with packages in it, the first of which has the version that is returned.
func (r Roots) Root(suite string, packages []string) (dir, version string, err error) {
	if err := os.MkdirAll(r.Dir, 0o755); err != nil {
		return "", "", err
	}
	lock, err := os.OpenFile(filepath.Join(r.Dir, suite+".lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return "", "", err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", "", err
	}
	dir = filepath.Join(r.Dir, suite)
	if _, err := os.Stat(dir + ".ok"); err != nil {
		if err := bootstrap(suite, dir); err != nil {
			return "", "", err
		}
	}
	missing := slices.DeleteFunc(slices.Clone(packages), func(p string) bool { return versionOf(dir, p) != "" })
	if len(missing) > 0 {
		if err := install(dir, missing); err != nil {
			return "", "", err
		}
	}
	return dir, versionOf(dir, packages[0]), nil
}

// bootstrap makes a root in which no package starts a service.
func bootstrap(suite, dir string) error {
	if _, err := exec.LookPath("debootstrap"); err != nil || os.Getuid() != 0 {
		return errors.New("a Debian root takes root and debootstrap (Debian package debootstrap)")
	}
	mirror, err := mirror()
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "making a root of", suite)
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	out, err := exec.Command("unshare", "--mount", "debootstrap", "--variant=minbase", suite, dir, mirror).CombinedOutput()
	if err != nil {
		return fmt.Errorf("debootstrap %s: %w\n%s", suite, err, tail(out))
	}
	if err := os.WriteFile(dir+"/usr/sbin/policy-rc.d", []byte("#!/bin/sh\nexit 101\n"), 0o755); err != nil {
		return err
	}
	return os.WriteFile(dir+".ok", nil, 0o644)
}

// mirror is the one that this machine itself installs from.
func mirror() (string, error) {
	out, err := exec.Command("apt-get", "indextargets", "--format", "$(REPO_URI)", "Identifier: Packages", "Origin: Debian").Output()
	if words := strings.Fields(string(out)); err == nil && len(words) > 0 {
		return words[0], nil
	}
	return "", errors.New("apt has no source of Debian's packages here: which mirror?")
}

// aptInstall takes what a mirror has even where its list is older than it says that it may be.
const aptInstall = `mount -t proc proc /proc && { [ -e /var/lib/apt/lists/lock ] && [ -e /updated ] || { apt-get -qq -o Acquire::Check-Valid-Until=false -o DPkg::Lock::Timeout=300 update && touch /updated; }; } &&
	apt-get -qq -o Acquire::Check-Valid-Until=false -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" && apt-get clean`

func install(dir string, packages []string) error {
	fmt.Fprintf(os.Stderr, "%s: installing %s\n", filepath.Base(dir), strings.Join(packages, " "))
	args := append([]string{"600", "unshare", "--mount", "--pid", "--fork", "--kill-child", "env", "-u", "TMPDIR", "DEBIAN_FRONTEND=noninteractive",
		"chroot", dir, "sh", "-c", aptInstall, "sh"}, packages...)
	if out, err := exec.Command("timeout", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("apt-get install %s: %w\n%s", strings.Join(packages, " "), err, tail(out))
	}
	return nil
}

// versionOf is "" for a package that is not installed.
func versionOf(dir, pkg string) string {
	out, _ := exec.Command("dpkg-query", "--admindir="+dir+"/var/lib/dpkg", "-W", "-f", "${db:Status-Status} ${Version}", pkg).Output()
	version, installed := strings.CutPrefix(string(out), "installed ")
	if !installed {
		return ""
	}
	return version
}

// tail is the end of what a command said.
func tail(out []byte) []byte { return out[max(0, len(out)-2000):] }
