package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// memory is that of a process and its children, in KiB. Anonymous memory belongs to no file; PSS counts shared pages in
// parts (proc_pid_smaps(5)).
type memory struct{ pss, anonymous int }

// family is a process and its children.
func family(pid int) []int {
	if pid == 0 {
		return nil
	}
	pids := []int{pid}
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	for f := range strings.FieldsSeq(string(children)) {
		if n, err := strconv.Atoi(f); err == nil {
			pids = append(pids, n)
		}
	}
	return pids
}

func memoryOf(pid int) (m memory) {
	for _, p := range family(pid) {
		rollup, _ := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", p))
		for line := range strings.Lines(string(rollup)) {
			f := strings.Fields(line)
			if len(f) < 2 {
				continue
			}
			n, _ := strconv.Atoi(f[1])
			switch f[0] {
			case "Pss:":
				m.pss += n
			case "Anonymous:":
				m.anonymous += n
			}
		}
	}
	return m
}

// cpuTime is what a process and its children have run, in ticks of 10 ms (proc_pid_stat(5)).
func cpuTime(pid int) time.Duration {
	ticks := 0
	for _, p := range family(pid) {
		stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p))
		_, rest, _ := strings.Cut(string(stat), ") ")
		if f := strings.Fields(rest); len(f) > 12 {
			user, _ := strconv.Atoi(f[11])
			system, _ := strconv.Atoi(f[12])
			ticks += user + system
		}
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// A silence is a lane and a number of connections on which nothing is said.
type silence struct {
	lane        string
	connections int
}

// idleTime is how long they have been silent then: above what the front takes to give a
// crowd's memory back.
const idleTime = 20 * time.Second

// idleMemory is what a lane has in use with n connections that were used once, and are
// silent.
func idleMemory(l lane, n int) (m memory, err error) {
	if l.pid == 0 {
		return m, nil
	}
	for range n {
		c, err := net.Dial("tcp", l.address)
		if err != nil {
			return m, err
		}
		defer c.Close()
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			return m, err
		}
		io.Copy(io.Discard, answer.Body)
	}
	time.Sleep(idleTime)
	return memoryOf(l.pid), nil
}

// A streamed is what came of streaming n bytes in each direction at once.
type streamed struct {
	took       time.Duration
	begin, top memory
}

// stream posts n bytes and reads n at the same time.
func stream(l lane, n int64) (s streamed, err error) {
	time.Sleep(time.Second)
	s.begin = memoryOf(l.pid)
	s.top = s.begin
	quit, sampled := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(sampled)
		for {
			m := memoryOf(l.pid)
			s.top = memory{max(s.top.pss, m.pss), max(s.top.anonymous, m.anonymous)}
			select {
			case <-quit:
				return
			case <-time.After(200 * time.Millisecond):
			}
		}
	}()
	began := time.Now()
	defer func() {
		s.took = time.Since(began)
		close(quit)
		<-sampled
	}()
	c, err := net.Dial("tcp", l.address)
	if err != nil {
		return s, err
	}
	defer c.Close()
	go func() {
		fmt.Fprintf(c, "POST /?%d HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n", n, n)
		buf := make([]byte, 64<<10)
		for left := n; left > 0; left -= int64(len(buf)) {
			if _, err := c.Write(buf[:min(left, int64(len(buf)))]); err != nil {
				return
			}
		}
	}()
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return s, err
	}
	got, err := io.Copy(io.Discard, answer.Body)
	if err == nil && got != n {
		err = fmt.Errorf("%d of %d bytes came", got, n)
	}
	return s, err
}
