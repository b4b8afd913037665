package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	h2Rate   = regexp.MustCompile(`finished in [^,]+, ([\d.]+) req/s`)
	h2Total  = regexp.MustCompile(`requests: \d+ total, \d+ started, (\d+) done`)
	h2Failed = regexp.MustCompile(`[1-9]\d* (failed|errored)`)
)

// h2load is load's with HTTP/2, by nghttp2's h2load. How long requests took is in its log.
func h2load(l lane, k task, dir string, seconds int) (t turn, err error) {
	log := filepath.Join(dir, "h2load.log")
	defer os.Remove(log)
	out, err := exec.Command("h2load", fmt.Sprintf("-c%d", k.connections), fmt.Sprintf("-m%d", k.streams), fmt.Sprintf("-t%d", min(k.connections, 2)), fmt.Sprintf("-D%d", seconds),
		"--log-file="+log, "http://"+l.http2+"/").CombinedOutput()
	if err != nil {
		return t, fmt.Errorf("h2load: %w: %s", err, out)
	}
	if bad := h2Failed.Find(out); bad != nil {
		return t, fmt.Errorf("%s, %s: %s", l.name, k.name, bad)
	}
	t.rate, t.total = number(h2Rate, out), number(h2Total, out)
	t.p50, t.p99, err = percentiles(log)
	return t, err
}

// percentiles reads the log: when a request began, its status, and how many microseconds it took.
func percentiles(log string) (p50, p99 time.Duration, err error) {
	f, err := os.Open(log)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	var took []time.Duration
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Split(lines.Text(), "\t")
		if len(fields) < 3 {
			continue
		}
		if n, err := strconv.Atoi(fields[2]); err == nil {
			took = append(took, time.Duration(n)*time.Microsecond)
		}
	}
	if len(took) == 0 {
		return 0, 0, fmt.Errorf("%s: no request is in it", log)
	}
	slices.Sort(took)
	return took[len(took)/2], took[len(took)*99/100], nil
}
