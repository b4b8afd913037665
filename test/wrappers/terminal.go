package main

import (
	"io"
	"os"

	"drainit/internal/testkit"
)

// terminal makes a pseudo-terminal and returns the program's end of it. What is written there is thrown away.
func terminal() (*os.File, error) {
	master, tty, err := testkit.OpenPTY()
	if err != nil {
		return nil, err
	}
	go io.Copy(io.Discard, master)
	return tty, nil
}
