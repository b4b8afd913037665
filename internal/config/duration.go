package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"drainit/internal/drain"
)

// longestDuration is the longest that is accepted, some 146 years: the sum of
// two still fits a time.Duration.
const longestDuration = time.Duration(1) << 62

// ParseDuration reads a duration as Go writes it; a bare number is seconds, as
// in manifests. The error says what is wrong with it and what would be right.
func ParseDuration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(withSeconds(s))
	switch {
	case err != nil:
		return 0, explainDuration(s)
	case d < 0:
		return 0, fmt.Errorf("negative; did you mean %s?", withSeconds(s)[1:])
	case d > longestDuration:
		return 0, errTooLong
	}
	return d, nil
}

// durationOr is ParseDuration for a setting that takes words, too. What is nothing like a
// duration is taken for one of them.
func durationOr(s string, words ...string) (time.Duration, error) {
	d, err := ParseDuration(s)
	if err != errNoDuration || len(words) == 0 {
		return d, err
	}
	if n := Nearest(strings.ToLower(s), words); n != "" {
		return 0, errors.New("not a duration; did you mean " + n + "?")
	}
	return 0, errors.New("not a duration; write 5s, 1m30s or a number of seconds, or " + strings.Join(words, " or "))
}

// withSeconds gives a number without a unit the unit s.
func withSeconds(s string) string {
	if strings.Trim(strings.TrimLeft(s, "+-"), "0123456789.") == "" {
		return s + "s"
	}
	return s
}

var (
	errTooLong    = errors.New("too long; write at most 1000000h")
	errNoDuration = errors.New("not a duration; write 5s, 1m30s or a number of seconds")
)

// quantity is one number of a duration with what follows it.
type quantity struct{ number, unit string }

// explainDuration says why s, which Go does not read, is no duration.
func explainDuration(s string) error {
	qs, ok := quantities(s)
	if !ok {
		return errNoDuration
	}
	meant, foreign, missing := "", "", ""
	for _, q := range qs {
		unit, known := goUnit(q.unit)
		switch {
		case q.unit == "":
			missing = q.number
		case !known:
			foreign = q.unit
		}
		meant += inGo(q.number, unit)
	}
	d, err := time.ParseDuration(meant)
	switch {
	case foreign != "" && missing != "": // 0x10, 1e3
		return errNoDuration
	case err != nil || d > longestDuration:
		return errTooLong
	case foreign != "":
		return fmt.Errorf("unknown unit %q; did you mean %s?", foreign, meant)
	case missing != "" && len(qs) > 1:
		return fmt.Errorf("missing unit after %s; did you mean %s?", missing, meant)
	}
	return fmt.Errorf("not a duration; did you mean %s?", meant)
}

// quantities splits "1h 30 min" into its numbers and units, and reports whether
// there is nothing else in it and the numbers are such.
func quantities(s string) (qs []quantity, ok bool) {
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		var q quantity
		q.number, s = leading(s, func(r rune) bool { return r >= '0' && r <= '9' || r == '.' || r == ',' })
		q.number = strings.Replace(q.number, ",", ".", 1)
		if _, err := strconv.ParseFloat(q.number, 64); err != nil && !errors.Is(err, strconv.ErrRange) {
			return nil, false
		}
		q.unit, s = leading(strings.TrimSpace(s), unicode.IsLetter)
		qs = append(qs, q)
	}
	return qs, len(qs) > 0
}

// leading splits s behind the runes at its beginning that are in.
func leading(s string, in func(rune) bool) (head, tail string) {
	tail = strings.TrimLeftFunc(s, in)
	return s[:len(s)-len(tail)], tail
}

// goUnit returns Go's name of a unit, and whether it is that name already. What
// nobody knows becomes seconds.
func goUnit(unit string) (name string, known bool) {
	switch unit {
	case "ns", "us", "µs", "μs", "ms", "s", "m", "h":
		return unit, true
	}
	switch strings.ToLower(unit) {
	case "ms", "msec", "msecs", "milli", "millis", "millisecond", "milliseconds":
		return "ms", false
	case "m", "min", "mins", "minute", "minutes":
		return "m", false
	case "h", "hr", "hrs", "hour", "hours":
		return "h", false
	case "d", "day", "days":
		return "d", false
	case "w", "week", "weeks":
		return "w", false
	}
	return "s", false
}

// inGo writes a quantity as Go reads it; Go has no days, as not all are as long
// as others, and no weeks.
func inGo(number, unit string) string {
	hours := map[string]float64{"d": 24, "w": 7 * 24}[unit]
	if hours == 0 {
		return number + unit
	}
	n, _ := strconv.ParseFloat(number, 64) // one too large is infinite, and too long
	return strconv.FormatFloat(n*hours, 'f', -1, 64) + "h"
}

// Short writes a duration without the zeros Go puts behind hours and minutes.
func Short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// RangeText is the delay as it is written: 5s, or 1s..15s.
func RangeText(p drain.Plan) string {
	if p.DelayMax > 0 {
		return Short(p.Delay) + ".." + Short(p.DelayMax)
	}
	return Short(p.Delay)
}
