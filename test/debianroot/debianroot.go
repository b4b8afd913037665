// Package debianroot has the Debian roots that tests run programs in. It decides where they are kept; what is in them
// is test/docker/debian-root.sh's and roots.txt's, or what the caller asks for.
package debianroot

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// Tar makes a root with packages, of which @NAME is some of roots.txt, where there is none yet, and returns its tar
// file. top is the top of the checkout. It takes root and debootstrap.
func Tar(top string, packages ...string) (string, error) {
	cmd := exec.Command(top+"/test/docker/debian-root.sh", append([]string{"-", "-"}, packages...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("debian-root.sh: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// Unpacked is Tar, and has the root unpacked beside its tar file: by one of several test runs, for all.
func Unpacked(top string, packages ...string) (dir string, err error) {
	tar, err := Tar(top, packages...)
	if err != nil {
		return "", err
	}
	lock, err := os.OpenFile(tar+".lock", os.O_CREATE|os.O_RDWR, 0o644) // debian-root.sh's
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", err
	}
	dir = strings.TrimSuffix(tar, ".tar") + ".unpacked"
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	part := dir + ".part"
	_ = os.RemoveAll(part)
	if err := Unpack(tar, part); err != nil {
		return "", err
	}
	return dir, os.Rename(part, dir)
}

// Unpack unpacks a root in a directory that it makes.
func Unpack(tar, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if out, err := exec.Command("tar", "-C", dir, "-xf", tar).CombinedOutput(); err != nil {
		return fmt.Errorf("tar: %w: %s", err, out)
	}
	return nil
}
