package testkit

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// OpenPTY makes a pseudoterminal (pts(4)), which becomes nobody's controlling terminal by
// that, and returns both its ends.
func OpenPTY() (master, tty *os.File, err error) {
	master, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	number, err := unlock(int(master.Fd()))
	if err == nil {
		tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		master.Close()
		return nil, nil, fmt.Errorf("/dev/ptmx: %w", err)
	}
	return master, tty, nil
}

// unlock lets the terminal's end be opened, and returns its number.
func unlock(master int) (number uint32, err error) {
	if err := unix.IoctlSetPointerInt(master, unix.TIOCSPTLCK, 0); err != nil {
		return 0, err
	}
	return unix.IoctlGetUint32(master, unix.TIOCGPTN)
}
