package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/conns"
	"drainit/test/markdown"
)

// looksAt is the port whose connections are looked at.
const looksAt = 9000

// holders is how many processes hold the connections: one may not have so many files.
const holders = 4

// measureLooks times looks at numbers of idle connections, and reading the tables that /proc has of them.
func measureLooks(s settings) (tables, error) {
	counts, turns := []int{10, 1000}, 20
	if s.full {
		counts, turns = []int{10, 1000, 20000}, 200
	}
	rows := [][]string{{"connections", "look, ms", "reading /proc/net/tcp and tcp6, ms", "ratio"}}
	for _, n := range counts {
		look, read, err := timeLooks(n, turns)
		if err != nil {
			return nil, err
		}
		milliseconds := func(d time.Duration) string { return fmt.Sprintf("%.2f", d.Seconds()*1000) }
		rows = append(rows, []string{strconv.Itoa(n), milliseconds(look), milliseconds(read), fmt.Sprintf("%.1f", float64(read)/float64(look))})
	}
	return tables{"looks": markdown.Table(rows)}, nil
}

// timeLooks returns the medians, taken by turns.
func timeLooks(n, turns int) (look, read time.Duration, err error) {
	end, err := hold(n)
	if err != nil {
		return 0, 0, err
	}
	defer end()
	watch := conns.Watch{Ports: []uint16{looksAt}, Remember: true}
	var looks, reads []time.Duration
	for range turns {
		began := time.Now()
		seen, err := watch.Look()
		looks = append(looks, time.Since(began))
		if err != nil || seen.Idle != n {
			return 0, 0, fmt.Errorf("%+v, %w; want %d idle", seen, err, n)
		}
		began = time.Now()
		for _, name := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
			if _, err := os.ReadFile(name); err != nil {
				return 0, 0, err
			}
		}
		reads = append(reads, time.Since(began))
	}
	slices.Sort(looks)
	slices.Sort(reads)
	return looks[turns/2], reads[turns/2], nil
}

// hold has processes of their own make n connections and hold both ends.
func hold(n int) (end func(), err error) {
	var ends []func()
	end = func() {
		for _, f := range ends {
			f()
		}
	}
	for i := range holders {
		share := n/holders + min(1, max(0, n%holders-i))
		cmd := again(0, []string{holdStage, fmt.Sprintf("127.0.0.%d:%d", 1+i, looksAt), strconv.Itoa(share)})
		stdin, _ := cmd.StdinPipe()
		stdout, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			end()
			return nil, err
		}
		ends = append(ends, func() { stdin.Close(); cmd.Wait() })
		if _, err := io.ReadFull(stdout, make([]byte, 1)); err != nil {
			end()
			return nil, fmt.Errorf("connections were not made: %w", err)
		}
	}
	return end, nil
}

// holdConnections makes args[1] connections to args[0], and holds them until standard input ends.
func holdConnections(args []string) error {
	n, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp4", args[0])
	if err != nil {
		return err
	}
	addr := l.Addr().(*net.TCPAddr).AddrPort()
	accepted := make([]net.Conn, n)
	for i := range n {
		// No net.Conn: 40,000 of those are more than the measurement needs.
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
		if err == nil {
			err = unix.Connect(fd, &unix.SockaddrInet4{Port: int(addr.Port()), Addr: addr.Addr().As4()})
		}
		if err != nil {
			return err
		}
		if accepted[i], err = l.Accept(); err != nil {
			return err
		}
	}
	os.Stdout.WriteString("!")
	_, err = io.Copy(io.Discard, os.Stdin)
	runtime.KeepAlive(accepted) // else the collector closes them
	return err
}
