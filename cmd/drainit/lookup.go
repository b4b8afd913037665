package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Exit statuses of drainit's own, as env(1), timeout(1) and docker run have them.
const (
	exitFailed   = 125 // drainit itself failed before the child ran
	exitNoExec   = 126 // COMMAND was found but cannot be executed
	exitNotFound = 127 // COMMAND was not found
)

// defaultPath is searched where PATH is unset, as execvp(3) does.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// lookup finds the file that execvp(3) would execute: name itself if it holds a
// slash, else the first executable of that name along path, whose empty entries
// mean the working directory. A file that may not be executed is passed over
// and becomes the answer only if there is no better one. The error is
// fs.ErrNotExist or what keeps the file from being executed.
func lookup(name, path string) (string, error) {
	if strings.Contains(name, "/") {
		return name, executable(name)
	}
	if name == "" {
		return "", fs.ErrNotExist
	}
	denied := fs.ErrNotExist
	for dir := range strings.SplitSeq(path, ":") {
		if dir == "" {
			dir = "."
		}
		file := dir + "/" + name
		err := executable(file)
		if err == nil {
			return file, nil
		}
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, unix.ENOTDIR) {
			denied = err
		}
	}
	return "", denied
}

func executable(file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return errors.Unwrap(err)
	}
	if info.IsDir() {
		return unix.EISDIR
	}
	return unix.Faccessat(unix.AT_FDCWD, file, unix.X_OK, unix.AT_EACCESS)
}

// cannotRun returns why a command cannot be started, with the remedy, and the
// exit status for that. err is of lookup, fork(2) or execve(2).
func cannotRun(command string, err error) (why string, status int) {
	what, remedy, status := err.Error(), "", exitNoExec
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTDIR):
		status = exitNotFound
		what, remedy = notFound(command)
	case errors.Is(err, unix.EISDIR):
		remedy = "name the program in it"
	case errors.Is(err, fs.ErrPermission):
		remedy = "it needs the permission to be executed (chmod +x), on a file system mounted without noexec"
	case errors.Is(err, unix.ENOEXEC):
		remedy = "it is neither a program for this machine's architecture nor a script that /bin/sh can run"
	case errors.Is(err, unix.E2BIG):
		remedy = "its arguments and environment are larger than the kernel takes"
	case errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.ENOMEM):
		status, remedy = exitFailed, "no process can be started: raise the limit of processes (pids) or memory"
	default:
		return fmt.Sprintf("%s: %s", command, what), status
	}
	return fmt.Sprintf("%s: %s; %s", command, what, remedy), status
}
