package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// lateLimit is how late a request may be sent. More is a machine that has too much to do, whose losses are not the
// init's.
const lateLimit = time.Second

// A watch tells whether the machine had room for what was measured.
type watch struct{ dropped int }

func newWatch() (watch, error) {
	n, err := dropped()
	return watch{n}, err
}

// verdict is an error of what was measured on a machine that had not.
func (w watch) verdict(late time.Duration) error {
	now, err := dropped()
	switch {
	case err != nil:
		return err
	case now > w.dropped:
		return fmt.Errorf("the kernel dropped %d packets, its table of connections being full: "+
			"raise net.netfilter.nf_conntrack_max, or measure when fewer ask", now-w.dropped)
	case late > lateLimit:
		return fmt.Errorf("a request was sent %.1fs late: the machine has too much to do", late.Seconds())
	}
	return nil
}

// dropped is how many packets were dropped since the machine started for want of room in the kernel's table of
// connections, which is the whole machine's.
func dropped() (int, error) {
	text, err := os.ReadFile("/proc/net/stat/nf_conntrack")
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return sum(string(text), "drop")
}

// sum adds up a column of hexadecimal numbers, a line for each processor below a line of names.
func sum(table, column string) (int, error) {
	names, rows, _ := strings.Cut(table, "\n")
	n := slices.Index(strings.Fields(names), column)
	total := 0
	for row := range strings.Lines(rows) {
		fields := strings.Fields(row)
		if n < 0 || n >= len(fields) {
			return 0, fmt.Errorf("no column %q in %q", column, table)
		}
		value, err := strconv.ParseInt(fields[n], 16, 64)
		if err != nil {
			return 0, err
		}
		total += int(value)
	}
	return total, nil
}
