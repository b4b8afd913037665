package launch

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"drainit/internal/config"
	"drainit/internal/process"
)

// A service manager tells a program by its PID that sockets, or a watchdog, are for it and not for what it starts
// (sd_listen_fds(3), sd_watchdog_enabled(3)). The PID is drainit's; the program's is known only in the program's own
// process, so that drainit's file is executed there first, to write it.
const (
	ownPID    = "drainit-own-pid"
	ownParent = "_DRAINIT_OWN_PARENT="
)

var pidVariables = []string{"LISTEN_PID=", "WATCHDOG_PID="}

// listenPIDFD is LISTEN_PID's process by another number; without it LISTEN_PID decides alone (systemd 259).
const listenPIDFD = "LISTEN_PIDFDID="

// tellsPID reports whether the environment has a variable with this process's PID, and
// drainit's file can be executed to change that, which takes /proc.
func tellsPID(env []string) bool {
	own := strconv.Itoa(os.Getpid())
	has := func(name string) bool { return slices.Contains(env, name+own) }
	return slices.ContainsFunc(pidVariables, has) && unix.Access(process.RunningProgram, unix.X_OK) == nil
}

// viaOwnPID is what to execute instead of a program's file.
func viaOwnPID(file string, argv, env []string) (string, []string, []string) {
	marked := append(slices.Clone(env), ownParent+strconv.Itoa(os.Getpid()))
	return process.RunningProgram, append([]string{ownPID, file}, argv...), marked
}

// IsOwnPID reports whether this process was started by [Start] to write its PID.
func IsOwnPID(args, env []string) bool {
	return args[0] == ownPID && len(args) > 2 && slices.Contains(env, ownParent+strconv.Itoa(os.Getppid()))
}

// OwnPID writes this process's PID into its environment and executes the program. It returns the status to leave with.
func OwnPID(args, env []string) int {
	file, argv := args[1], args[2:]
	env = ownPIDs(env, os.Getppid(), os.Getpid())
	err := syscall.Exec(file, argv, env)
	if errors.Is(err, syscall.ENOEXEC) && !isELF(file) {
		err = syscall.Exec(shell, append([]string{shell, file}, argv[1:]...), env)
	}
	why, status := cannotRun(file, err)
	fmt.Fprintln(os.Stderr, config.Explain(errors.New(why)))
	return status
}

// ownPIDs has the PID of the program where the environment has drainit's.
func ownPIDs(env []string, drainit, program int) []string {
	var own []string
	for _, kv := range env {
		for _, name := range pidVariables {
			if kv == name+strconv.Itoa(drainit) {
				kv = name + strconv.Itoa(program)
			}
		}
		if !strings.HasPrefix(kv, ownParent) && !strings.HasPrefix(kv, listenPIDFD) {
			own = append(own, kv)
		}
	}
	return own
}
