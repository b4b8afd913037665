//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"drainit/test/network"
)

// machine is the program under a drainit that is the machine's /init: without /proc, /sys or /dev/null at first. It ends
// with status 7 at the stop that comes of Ctrl-Alt-Del's signal to PID 1.
func machine() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	fmt.Println("@ok drainit as /init starts its program without /proc, /sys and /dev/null")
	if _, err := os.Stat("/proc/self"); err == nil {
		fmt.Println("@failed there is a /proc already")
	}
	if err := prepare(); err != nil {
		fmt.Printf("@failed prepare\t%v\n", err)
	}
	orphans(20)
	if left := zombies(); left != "" {
		fmt.Printf("@failed drainit as /init reaps orphans\tleft: %s\n", left)
	} else {
		fmt.Println("@ok drainit as /init reaps orphans")
	}
	if err := syscall.Kill(1, syscall.SIGINT); err != nil {
		fmt.Printf("@failed SIGINT to PID 1\t%v\n", err)
	}
	select {
	case <-stop:
		fmt.Println("@ok Ctrl-Alt-Del's SIGINT to /init stops the program")
	case <-time.After(patience):
		fmt.Println("@failed Ctrl-Alt-Del's SIGINT to /init stops the program\tno signal")
	}
	fmt.Println("@done")
	os.Exit(7)
}

// bare is the program under a drainit that is the machine's /init, told to power off when that has ended: with nothing
// mounted, lo down, and somebody left behind. What powers the machine off is drainit, or nobody.
func bare() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT)
	if status, why := network.Get(probe + "/readyz"); status != 0 {
		fmt.Printf("@failed lo is down: drainit runs its program without\t/readyz is %d %s\n", status, why)
	} else {
		fmt.Println("@ok lo is down: drainit runs its program without")
	}
	left := exec.Command("/guest", "sleep", "1000")
	left.Stdin, left.Stdout, left.Stderr = os.Stdin, os.Stdout, os.Stderr // there is no /dev/null
	if err := left.Start(); err != nil {
		fmt.Printf("@failed leave somebody behind\t%v\n", err)
	}
	if mode, err := ctrlAltDel(); err != nil || mode != "0" {
		fmt.Printf("@failed --on-exit: Ctrl-Alt-Del is a signal to /init\tmode %q, %v\n", mode, err)
	} else {
		fmt.Println("@ok --on-exit: Ctrl-Alt-Del is a signal to /init")
	}
	if err := syscall.Kill(1, syscall.SIGINT); err != nil {
		fmt.Printf("@failed SIGINT to PID 1\t%v\n", err)
	}
	<-stop
	fmt.Println("@done")
}

// ctrlAltDel is "0" where the kernel tells init of the keys (proc_sys_kernel(5)).
func ctrlAltDel() (string, error) {
	if err := syscall.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return "", err
	}
	mode, err := os.ReadFile("/proc/sys/kernel/ctrl-alt-del")
	return strings.TrimSpace(string(mode)), err
}

// zombies waits until there is none, and returns those that stay.
func zombies() (left string) {
	for range 100 {
		time.Sleep(100 * time.Millisecond)
		if left = defunct(); left == "" {
			return ""
		}
	}
	return left
}

// defunct lists the processes that have ended and were not waited for.
func defunct() string {
	var found []string
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		stat, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err == nil && strings.Contains(string(stat), ") Z ") {
			found = append(found, e.Name())
		}
	}
	return strings.Join(found, " ")
}
