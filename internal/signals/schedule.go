package signals

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// longestSchedule bounds a schedule: some 73 years, so that it and a delay can
// be added.
const longestSchedule = time.Duration(1) << 61

// parseSchedule reads SIGNAL/DURATION/SIGNAL..., as start-stop-daemon(8) has it
// for --retry, but that each signal has a duration before the next one, that it
// ends in a signal, repeats nothing ("forever") and does not kill: the deadline
// does.
func parseSchedule(s string, duration func(string) (time.Duration, error)) ([]step, error) {
	items := strings.Split(s, "/")
	var steps []step
	var wait, total time.Duration
	for i, item := range items {
		item = strings.TrimSpace(item)
		var err error
		if i%2 == 1 {
			wait, err = parseWait(item, steps[len(steps)-1].signal, duration)
			if err == nil && wait > longestSchedule-total {
				err = errors.New("too long; write at most 500000h in all")
			}
			total += wait
		} else {
			var sig Signal
			sig, err = parseStep(item, i == 0)
			steps = append(steps, step{sig, wait})
		}
		if err != nil {
			return nil, err
		}
	}
	if len(items)%2 == 0 {
		return nil, fmt.Errorf("ends in a duration, after which nothing would be sent; leave it out, or write a signal behind it: %s/TERM", s)
	}
	return steps, nil
}

func parseStep(item string, first bool) (Signal, error) {
	switch {
	case item == "":
		return 0, errors.New("a signal is missing; write SIGNAL/DURATION/SIGNAL, such as QUIT/20s/TERM")
	case strings.EqualFold(item, "auto") || strings.EqualFold(item, "none"):
		return 0, fmt.Errorf("%q stands alone; write a signal there, such as QUIT/20s/TERM", item)
	}
	sig, err := ParseSent(item)
	if sig == 0 && first {
		err = fmt.Errorf("%w; a schedule begins with a signal, and --drain-delay is what comes before", err)
	}
	return sig, err
}

func parseWait(item string, after Signal, duration func(string) (time.Duration, error)) (time.Duration, error) {
	if item == "" {
		return 0, fmt.Errorf("a duration is missing after %s; write how long to wait, such as 20s", Name(after))
	}
	if strings.EqualFold(item, "forever") {
		return 0, errors.New("forever: nothing is repeated; write each signal once, and --deadline for SIGKILL")
	}
	if _, err := Parse(item); err == nil && !isDigits(item) {
		return 0, fmt.Errorf("two signals and no time between them; write %s/20s/%s", Name(after), item)
	}
	d, err := duration(item)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q: %w", item, err)
	case d == 0:
		return 0, fmt.Errorf("no time for the program to act on %s; write at least 100ms", Name(after))
	}
	return d, nil
}
