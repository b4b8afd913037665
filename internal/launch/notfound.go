package launch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"drainit/internal/config"
	"drainit/internal/ctl"
	"drainit/internal/process"
)

// notFound returns what is not there, and the remedy. execve(2) says of a file
// that is there what it says of one that is not, where what is to run it is
// missing.
func notFound(command string) (what, remedy string) {
	head := headOf(command)
	line, isScript := strings.CutPrefix(head, "#!")
	switch {
	case strings.HasPrefix(head, "\x7fELF"):
		return "is there, but not its loader", "it is linked with a C library that is not in the image: link it statically (Go: CGO_ENABLED=0), " +
			"or take an image that has that library (musl's does not run what was linked with glibc)"
	case isScript:
		return noInterpreter(line)
	case isVerb(command):
		return "not found", "did you mean drainit ctl " + command + "?"
	case isSetting(command):
		return "not found", "it stands behind --, where flags end, as in an ENTRYPOINT that ends in --; set " + config.VariableOf(flagName(command)) + " instead"
	case strings.HasPrefix(command, "–"), strings.HasPrefix(command, "—"):
		return "not found", "it begins with a dash of text; flags begin with -, typed anew"
	case strings.Contains(command, " "):
		return "not found", `it has a space in it; each word stands by itself, as in ["/server", "-port", "8080"]`
	}
	return "not found", "it must be in the image, on PATH or with its full path"
}

// noInterpreter explains a script, of which line follows the #!.
func noInterpreter(line string) (what, remedy string) {
	line, _, _ = strings.Cut(line, "\n")
	line = strings.TrimLeft(line, " \t")
	line, _, _ = strings.Cut(line, " ")
	what = fmt.Sprintf("is there, but not %q, which its #! line names", line)
	if strings.HasSuffix(line, "\r") {
		return what, "its lines end in CR LF: end them in LF (dos2unix)"
	}
	return what, "that must be in the image, too"
}

// headOf returns how a file begins, "" for a name without a slash, which is no
// file of the working directory.
func headOf(file string) string {
	if !strings.Contains(file, "/") {
		return ""
	}
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	head := make([]byte, 256) // the kernel reads no longer #! line
	n, _ := f.Read(head)
	return string(head[:n])
}

// isSetting reports whether a command is a flag of drainit's.
func isSetting(command string) bool {
	return strings.HasPrefix(command, "-") && slices.Contains(config.SettingNames(), flagName(command))
}

// flagName returns the name in --name=value.
func flagName(arg string) string {
	name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	return name
}

func isVerb(word string) bool {
	for _, v := range ctl.Verbs() {
		if v.Name == word {
			return true
		}
	}
	return false
}

// cannotRun returns why a command cannot be started, with the remedy, and the
// exit status for that. err is of lookup, fork(2) or execve(2).
func cannotRun(command string, err error) (why string, status int) {
	what, remedy, status := err.Error(), "", process.ExitNoExec
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTDIR):
		status = process.ExitNotFound
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
		status, remedy = process.ExitFailed, "no process can be started: raise the limit of processes (pids) or memory"
	default:
		return fmt.Sprintf("%s: %s", command, what), status
	}
	return fmt.Sprintf("%s: %s; %s", command, what, remedy), status
}
