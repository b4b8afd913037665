package main

import (
	"fmt"
	"io"
	"os"
	"syscall"
	"unsafe"
)

// terminal makes a pseudo-terminal and returns the program's end of it. What is written there is thrown away.
func terminal() (*os.File, error) {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, err
	}
	var unlocked, number int32
	for request, argument := range map[uintptr]*int32{syscall.TIOCSPTLCK: &unlocked, syscall.TIOCGPTN: &number} {
		if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, master.Fd(), request, uintptr(unsafe.Pointer(argument))); e != 0 {
			return nil, fmt.Errorf("/dev/ptmx: %w", e)
		}
	}
	go io.Copy(io.Discard, master)
	return os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
}
