package main

import (
	"bufio"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// terminal says what it is of the terminal's, what it reads there, and ends at ^C.
func terminal([]string) {
	received := stopped(syscall.SIGINT, syscall.SIGTERM)
	group, err := unix.IoctlGetUint32(0, unix.TIOCGPGRP)
	if err != nil {
		say("no terminal: %v", err)
	} else {
		say("terminal: foreground %t", int(group) == unix.Getpgrp())
	}
	go func() {
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			say("read %q", lines.Text())
		}
	}()
	say("got %v", <-received)
	os.Exit(7)
}
