package ctl

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"drainit/internal/config"
	"drainit/internal/process"
)

// install copies this program, for an init container that shares a volume with
// the program's.
func (c call) install() error {
	sc, err := c.flags(config.Flags{}, 1)
	if err != nil {
		return err
	}
	if len(sc.Rest) == 0 || sc.Rest[0] == "" {
		return misuse{errors.New("ctl install: wants a file or directory to copy to, such as /shared/drainit")}
	}
	self, err := os.Open(process.RunningProgram)
	if err != nil {
		return fmt.Errorf("install: this program cannot be read: %w", err)
	}
	defer self.Close()
	dest := destination(sc.Rest[0])
	if err := installAt(self, dest); err != nil {
		return fmt.Errorf("install %s: %w", dest, explainInstall(err, dest))
	}
	_, err = fmt.Fprintln(c.stdout, "installed", dest)
	return err
}

// destination returns the file to be written: dest, or drainit in it.
func destination(dest string) string {
	info, err := os.Stat(dest)
	if strings.HasSuffix(dest, "/") || err == nil && info.IsDir() {
		return filepath.Join(dest, "drainit")
	}
	return dest
}

// installAt puts a copy of source at dest, whole or not at all: it is written
// beside it under another name and then takes its place, so that a container
// that starts meanwhile runs either the old or the new one (rename(2)).
func installAt(source *os.File, dest string) error {
	info, err := source.Stat()
	if err != nil {
		return err
	}
	if err := replaceable(dest); err != nil {
		return err
	}
	out, err := os.CreateTemp(filepath.Dir(dest), ".drainit-")
	if err != nil {
		return err
	}
	if err = fill(out, source, executableBy(info.Mode())); err == nil {
		err = os.Rename(out.Name(), dest)
	}
	if err != nil {
		os.Remove(out.Name())
	}
	return err
}

// replaceable refuses what is no file: rename(2) would put the copy in place of a
// device, /dev/null for one, for everybody.
func replaceable(dest string) error {
	info, err := os.Lstat(dest)
	if err == nil && info.Mode().Type()&(fs.ModeDevice|fs.ModeNamedPipe|fs.ModeSocket|fs.ModeIrregular) != 0 {
		return errors.New("neither a file nor a directory, and left as it is; name a file, such as /shared/drainit")
	}
	return nil
}

// executableBy returns the source's mode, and for all to read and execute:
// whoever runs the copy is another user as a rule.
func executableBy(mode fs.FileMode) fs.FileMode { return mode.Perm() | 0o555 }

// fill writes the copy to the disk and closes it. The mode is set on the file,
// where no umask applies.
func fill(out *os.File, in io.Reader, mode fs.FileMode) error {
	_, err := io.Copy(out, in)
	if err == nil {
		err = out.Chmod(mode)
	}
	if err == nil {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}

// explainInstall says what would be right.
func explainInstall(err error, dest string) error {
	dir := filepath.Dir(dest)
	var why syscall.Errno
	if !errors.As(err, &why) {
		return err
	}
	switch why {
	case syscall.EACCES, syscall.EPERM:
		return fmt.Errorf("%w for uid %d; %s must be writable for it (fsGroup in a pod), or run this as its owner", why, os.Geteuid(), dir)
	case syscall.EROFS:
		return fmt.Errorf("%w; mount a volume that can be written to at %s", why, dir)
	case syscall.ENOENT:
		return fmt.Errorf("no directory %s; mount the shared volume there", dir)
	case syscall.ENOTDIR:
		return fmt.Errorf("%w: %s; name a file in a directory", why, dir)
	case syscall.ENOSPC:
		return fmt.Errorf("%w; the volume needs 10 MB", why)
	}
	return err
}
