package process

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// OwnMachine returns why this process is not the first of a machine, but of a container at most. If it is, the kernel
// sends it SIGINT for Ctrl-Alt-Del from now on, instead of a reset: the one command of reboot(2) that is refused in a
// PID namespace, and does no harm.
func OwnMachine() error {
	if pid := os.Getpid(); pid != 1 {
		return fmt.Errorf("it is PID %d", pid)
	}
	err := unix.Reboot(unix.LINUX_REBOOT_CMD_CAD_OFF)
	switch {
	case err == unix.EINVAL:
		return errors.New("it is PID 1 of a PID namespace")
	case err != nil:
		return fmt.Errorf("reboot(2): %w", err)
	}
	return nil
}

// EndMachine writes out what file systems have and powers the machine off, or boots it again. It returns only if that
// failed. Who calls it has asked [OwnMachine]: in a PID namespace it would be the end of that, by a signal.
func EndMachine(again bool) error {
	unix.Sync()
	if again {
		return unix.Reboot(unix.LINUX_REBOOT_CMD_RESTART)
	}
	return unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
}
