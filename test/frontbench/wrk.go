package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
	total    float64       // requests
}

var (
	rateLine    = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	medianLine  = regexp.MustCompile(`\s50%\s+([\d.]+)(us|ms|s)`)
	slowestLine = regexp.MustCompile(`\s99%\s+([\d.]+)(us|ms|s)`)
	totalLine   = regexp.MustCompile(`(\d+) requests in`)
	errorLine   = regexp.MustCompile(`Socket errors.*|Non-2xx.*`)
)

// load runs wrk, or h2load.
func load(l lane, k task, dir string, length time.Duration) (t turn, err error) {
	before := cpuTime(l.pid)
	seconds := max(int(length.Seconds()), 1)
	samples := make(chan memory, 1)
	go func() { // while the connections are open and busy
		time.Sleep(time.Duration(seconds) * time.Second * 3 / 4)
		samples <- memoryOf(l.pid)
	}()
	if k.streams > 0 {
		t, err = h2load(l, k, dir, seconds)
	} else {
		t, err = wrk(l, k, dir, seconds)
	}
	if err != nil {
		return t, err
	}
	if t.total > 0 && l.pid != 0 {
		t.cpu = time.Duration(float64(cpuTime(l.pid)-before) / t.total)
	}
	t.memory = <-samples
	return t, nil
}

func wrk(l lane, k task, dir string, seconds int) (turn, error) {
	n, url := k.connections, "http://"+l.address+"/"
	if k.answer > 0 {
		url += fmt.Sprintf("?%d", k.answer)
	}
	args := []string{"--latency", "--timeout", "10s"}
	if k.body > 0 {
		script := filepath.Join(dir, "upload.lua")
		text := fmt.Sprintf("wrk.method = \"POST\"\nwrk.body = string.rep(\"a\", %d)\n", k.body)
		if err := os.WriteFile(script, []byte(text), 0o644); err != nil {
			return turn{}, err
		}
		args = append(args, "-s", script)
	}
	args = append(args, fmt.Sprintf("-t%d", min(n, 2)), fmt.Sprintf("-c%d", n), fmt.Sprintf("-d%ds", seconds), url)
	out, err := exec.Command("wrk", args...).CombinedOutput()
	if err != nil {
		return turn{}, fmt.Errorf("wrk: %w: %s", err, out)
	}
	if bad := errorLine.Find(out); bad != nil {
		return turn{}, fmt.Errorf("%s, %s: %s", l.name, k.name, bad)
	}
	return turn{p50: duration(medianLine, out), p99: duration(slowestLine, out), rate: number(rateLine, out), total: number(totalLine, out)}, nil
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
