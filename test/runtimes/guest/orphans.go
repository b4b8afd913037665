package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"
)

const crowd = 20

// parent leaves an orphan.
func parent([]string) { _ = self("orphan").Start() }

// orphan lives until its standard input ends.
func orphan([]string) { _, _ = io.Copy(io.Discard, os.Stdin) }

// orphans makes some whose parents have ended, and says who has adopted them and what is left of them when they have ended.
func orphans() {
	live, end, err := os.Pipe()
	if err != nil {
		say("pipe: %v", err)
	}
	for range crowd {
		cmd := self("parent")
		cmd.Stdin = live
		_ = cmd.Run()
	}
	say("orphans: %d of %d adopted", orphaned(), crowd)
	end.Close()
	live.Close()
	for range 50 {
		time.Sleep(100 * time.Millisecond)
		if orphaned() == 0 {
			break
		}
	}
	say("orphans: %d left", orphaned())
}

// orphaned counts the processes of this program, zombies included, whose parent is this one's.
func orphaned() int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		say("/proc: %v", err)
	}
	n, own := 0, fmt.Sprintf("\nPPid:\t%d\n", os.Getppid())
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err != nil || pid == os.Getpid() {
			continue
		}
		status, err := os.ReadFile("/proc/" + e.Name() + "/status")
		if err == nil && bytes.HasPrefix(status, []byte("Name:\tguest\n")) && bytes.Contains(status, []byte(own)) {
			n++
		}
	}
	return n
}
