package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

// self returns a command that runs another program of this binary, with
// stdout and stderr shared.
func self(args ...string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd
}

// orphans leaves so many dead orphans to PID 1, and pauses.
func orphans(args []string) (int, error) {
	if err := self(append([]string{"leave-orphans"}, args...)...).Run(); err != nil {
		return 0, err
	}
	return pause(nil)
}

// leaveOrphans starts so many processes that end at once, and ends without
// waiting for any. Whatever has not ended by then has PID 1 for a parent.
func leaveOrphans(args []string) (int, error) {
	count, err := strconv.Atoi(args[0])
	if err != nil {
		return 0, err
	}
	for range count {
		if err := self("nothing").Start(); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// nothing ends at once.
func nothing([]string) (int, error) { return 0, nil }

// countZombies says how many zombies there are in this PID namespace.
func countZombies([]string) (int, error) {
	zombies := 0
	err := eachProcess(func(pid int, state byte, parent int) {
		if state == 'Z' {
			zombies++
		}
	})
	say("%d", zombies)
	return 0, err
}

// eachProcess calls f with each process of /proc.
func eachProcess(f func(pid int, state byte, parent int)) error {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue // gone since
		}
		// proc_pid_stat(5): the command may hold spaces and parentheses, so
		// that only the last one closes it.
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		parent, err := strconv.Atoi(string(fields[1]))
		if err != nil {
			return fmt.Errorf("/proc/%d/stat %q: %w", pid, stat, err)
		}
		f(pid, fields[0][0], parent)
	}
	return nil
}

// leaveDescendant starts finish-late in a session of its own, and ends at
// SIGTERM at once with status 5, not waiting for it.
func leaveDescendant([]string) (int, error) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	descendant := self("finish-late")
	descendant.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	descendant.Stdout = nil
	pipe, err := descendant.StdoutPipe()
	if err != nil {
		return 0, err
	}
	descendant.Stderr = os.Stdout // where it says that it has finished
	if err := descendant.Start(); err != nil {
		return 0, err
	}
	if _, err := bufio.NewReader(pipe).ReadString('\n'); err != nil {
		return 0, fmt.Errorf("waiting for finish-late: %w", err)
	}
	say("ready")
	<-signals
	return 5, nil
}

// finishLate needs one second from SIGTERM until it has finished, as a log
// shipper does that sends its last lines. Its stdout is for "ready" alone,
// whose reader goes away.
func finishLate([]string) (int, error) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	say("ready")
	<-signals
	time.Sleep(time.Second)
	fmt.Fprintln(os.Stderr, "descendant finished")
	return 0, nil
}
