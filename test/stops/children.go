package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// children are those of PID 1: the program, the clients that are commands, and orphans. One goroutine waits for all.
type children struct {
	mu   sync.Mutex
	done map[int]chan syscall.WaitStatus
}

func newChildren() *children {
	c := &children{done: map[int]chan syscall.WaitStatus{}}
	return c
}

// start runs a command as a user, with its output in log. Dispositions of signals are the default ones: what this process
// handles is reset by execve(2).
func (c *children) start(argv []string, user string, env []string, log *os.File) (int, <-chan syscall.WaitStatus, error) {
	path, err := lookPath(argv[0])
	if err != nil {
		return 0, nil, err
	}
	attr := &syscall.ProcAttr{Dir: "/", Env: append([]string{"PATH=" + searched, "LANG=C.UTF-8", "HOME=/tmp"}, env...)}
	null, err := os.Open(os.DevNull)
	if err != nil {
		return 0, nil, err
	}
	defer null.Close()
	attr.Files = []uintptr{null.Fd(), log.Fd(), log.Fd()}
	attr.Sys = &syscall.SysProcAttr{Setsid: true}
	if user != "" {
		if attr.Sys.Credential, err = credential(user); err != nil {
			return 0, nil, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	pid, err := syscall.ForkExec(path, argv, attr)
	if err != nil {
		return 0, nil, fmt.Errorf("%s: %w", path, err)
	}
	done := make(chan syscall.WaitStatus, 1)
	c.done[pid] = done
	return pid, done, nil
}

// reap waits for whatever ends, forever.
func (c *children) reap() {
	for {
		var info unix.Siginfo
		// Only looked at: start must know the PID before it is free.
		if err := unix.Waitid(unix.P_ALL, 0, &info, unix.WEXITED|unix.WNOWAIT, nil); err != nil {
			unix.Nanosleep(&unix.Timespec{Nsec: 2e6}, nil)
			continue
		}
		c.mu.Lock()
		var status syscall.WaitStatus
		if pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil); err == nil && pid > 0 {
			if done := c.done[pid]; done != nil {
				done <- status
				delete(c.done, pid)
			}
		}
		c.mu.Unlock()
	}
}

// left counts what lives besides PID 1 and the clients.
func (c *children) left() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	dirs, _ := os.ReadDir("/proc")
	n := 0
	for _, d := range dirs {
		pid, err := strconv.Atoi(d.Name())
		if err != nil || pid == 1 || c.done[pid] != nil {
			continue
		}
		if stat, err := os.ReadFile("/proc/" + d.Name() + "/stat"); err == nil && !strings.Contains(string(stat), ") Z ") {
			n++
		}
	}
	return n
}

const searched = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// lookPath is exec.LookPath in the root, whose PATH is not this process'.
func lookPath(name string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	for dir := range strings.SplitSeq(searched, ":") {
		if _, err := os.Stat(dir + "/" + name); err == nil {
			return dir + "/" + name, nil
		}
	}
	return "", fmt.Errorf("%s: not in the root", name)
}

// credential reads passwd(5) of the root.
func credential(user string) (*syscall.Credential, error) {
	passwd, err := os.ReadFile("/etc/passwd")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(passwd)) {
		fields := strings.Split(line, ":")
		if fields[0] == user && len(fields) > 3 {
			uid, errU := strconv.ParseUint(fields[2], 10, 32)
			gid, errG := strconv.ParseUint(fields[3], 10, 32)
			if errU == nil && errG == nil {
				return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
			}
		}
	}
	return nil, fmt.Errorf("no user %s in the root", user)
}
