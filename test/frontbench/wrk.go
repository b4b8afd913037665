package main

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"time"
)

// A turn is what one run of wrk found, and what stands in the lane took.
type turn struct {
	rate     float64 // requests a second
	p50, p99 time.Duration
	cpu      time.Duration // of what stands in the lane, for each request
	memory   memory        // at the end of the load
}

var (
	rateLine    = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	medianLine  = regexp.MustCompile(`\s50%\s+([\d.]+)(us|ms|s)`)
	slowestLine = regexp.MustCompile(`\s99%\s+([\d.]+)(us|ms|s)`)
	totalLine   = regexp.MustCompile(`(\d+) requests in`)
	errorLine   = regexp.MustCompile(`Socket errors.*|Non-2xx.*`)
)

// load runs wrk with n kept connections.
func load(l lane, n int, length time.Duration) (turn, error) {
	before := cpuTime(l.pid)
	seconds := max(int(length.Seconds()), 1)
	samples := make(chan memory, 1)
	go func() { // while the connections are open and busy
		time.Sleep(time.Duration(seconds) * time.Second * 3 / 4)
		samples <- memoryOf(l.pid)
	}()
	out, err := exec.Command("wrk", "--latency", fmt.Sprintf("-t%d", min(n, 2)), fmt.Sprintf("-c%d", n),
		fmt.Sprintf("-d%ds", seconds), "http://"+l.address+"/").CombinedOutput()
	if err != nil {
		return turn{}, fmt.Errorf("wrk: %w: %s", err, out)
	}
	if bad := errorLine.Find(out); bad != nil {
		return turn{}, fmt.Errorf("%s with %d connections: %s", l.name, n, bad)
	}
	t := turn{p50: duration(medianLine, out), p99: duration(slowestLine, out), memory: <-samples}
	t.rate = number(rateLine, out)
	if total := number(totalLine, out); total > 0 && l.pid != 0 {
		t.cpu = time.Duration(float64(cpuTime(l.pid)-before) / total)
	}
	return t, nil
}

func number(line *regexp.Regexp, out []byte) float64 {
	m := line.FindSubmatch(out)
	if m == nil {
		return 0
	}
	n, _ := strconv.ParseFloat(string(m[1]), 64)
	return n
}

func duration(line *regexp.Regexp, out []byte) time.Duration {
	m := line.FindSubmatch(out)
	if m == nil {
		return 0
	}
	d, _ := time.ParseDuration(string(m[1]) + string(m[2]))
	return d
}
