//go:build linux

// Command guest is the test's part inside of a virtual machine: first its init, which prepares the machine, runs the
// packages' tests and plays the stories, and then everything that the stories need, each under a name of its own.
//
// It says on the console what came of each, one a line, as test/vm reads it: "@suite NAME pass=N fail=N skip=N",
// "@ok STORY", "@failed STORY", a tab and why, "@absent STORY", "@least BYTES", "@note text", and "@done" as the last.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

func main() {
	if filepath.Base(os.Args[0]) == "modprobe" {
		os.Exit(modprobe(os.Args[len(os.Args)-1]))
	}
	if len(os.Args) > 1 {
		play(os.Args[1], os.Args[2:])
		return
	}
	defer powerOff()
	if err := prepare(); err != nil {
		fmt.Printf("@failed prepare\t%v\n", err)
		return
	}
	word := os.Getenv("STORIES") // a parameter of the kernel, as is SEARCH
	tell(about(word, before))
	if err := loadable(); err != nil {
		fmt.Printf("@failed modprobe\t%v\n", err)
	}
	tell(about(word, stories))
	if os.Getenv("SEARCH") != "" {
		least()
	}
	suites()
	fmt.Println("@done")
}

// powerOff ends the machine. What was written to the console is out by then: it has no buffer of its own.
func powerOff() {
	syscall.Sync()
	if err := syscall.Reboot(syscall.LINUX_REBOOT_CMD_POWER_OFF); err != nil {
		fmt.Println("power off:", err)
	}
}
