package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// queue says how many connections wait to be accepted on a port of this network
// namespace: in proc_pid_net(5), tcp and tcp6, what a listener (0A) has received.
func queue(args []string) (int, error) {
	if len(args) != 1 {
		return 0, fmt.Errorf("%q: want one port", args)
	}
	port, err := strconv.ParseUint(args[0], 10, 16)
	if err != nil {
		return 0, err
	}
	var waiting uint64
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		content, err := os.ReadFile(table)
		if err != nil {
			return 0, err
		}
		for line := range strings.Lines(string(content)) {
			fields := strings.Fields(line)
			if len(fields) < 5 || fields[3] != "0A" || !strings.HasSuffix(fields[1], fmt.Sprintf(":%04X", port)) {
				continue
			}
			_, received, _ := strings.Cut(fields[4], ":")
			n, err := strconv.ParseUint(received, 16, 32)
			if err != nil {
				return 0, err
			}
			waiting += n
		}
	}
	say("queue %d", waiting)
	return 0, nil
}
