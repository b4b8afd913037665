package config

import (
	"strings"
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "-0": 0, "5": 5 * time.Second, "+5": 5 * time.Second, "1.5": 1500 * time.Millisecond,
		".5": 500 * time.Millisecond, "5.": 5 * time.Second, "007": 7 * time.Second,
		"5s": 5 * time.Second, "1m30s": 90 * time.Second, "100ms": 100 * time.Millisecond, "1us": time.Microsecond,
		"1µs": time.Microsecond, "1h": time.Hour, "1000000h": 1000000 * time.Hour, "604800": 7 * 24 * time.Hour,
	} {
		if got, err := ParseDuration(in); got != want || err != nil {
			t.Errorf("parseDuration(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
	for in, want := range map[string]string{
		"":                        errNoDuration.Error(),
		"x":                       errNoDuration.Error(),
		".":                       errNoDuration.Error(),
		"-":                       errNoDuration.Error(),
		"s5":                      errNoDuration.Error(),
		"1.2.3":                   errNoDuration.Error(),
		"1.2.3s":                  errNoDuration.Error(),
		"1e3":                     errNoDuration.Error(),
		"0x10":                    errNoDuration.Error(),
		"PT5S":                    errNoDuration.Error(),
		"inf":                     errNoDuration.Error(),
		"5%":                      errNoDuration.Error(),
		"5x":                      `unknown unit "x"; did you mean 5s?`,
		"5S":                      `unknown unit "S"; did you mean 5s?`,
		"5 s":                     `not a duration; did you mean 5s?`,
		" 5s\n":                   `not a duration; did you mean 5s?`,
		"5sec":                    `unknown unit "sec"; did you mean 5s?`,
		"5 seconds":               `unknown unit "seconds"; did you mean 5s?`,
		"2min":                    `unknown unit "min"; did you mean 2m?`,
		"2M":                      `unknown unit "M"; did you mean 2m?`,
		"300millis":               `unknown unit "millis"; did you mean 300ms?`,
		"1hour":                   `unknown unit "hour"; did you mean 1h?`,
		"1d":                      `unknown unit "d"; did you mean 24h?`,
		"1.5days":                 `unknown unit "days"; did you mean 36h?`,
		"2w":                      `unknown unit "w"; did you mean 336h?`,
		"1d12h":                   `unknown unit "d"; did you mean 24h12h?`,
		"1,5":                     `not a duration; did you mean 1.5s?`,
		"1m30":                    `missing unit after 30; did you mean 1m30s?`,
		"-5":                      `negative; did you mean 5s?`,
		"-1m30s":                  `negative; did you mean 1m30s?`,
		"1000000000000":           errTooLong.Error(),
		"9999999h":                errTooLong.Error(),
		"2000000h":                errTooLong.Error(),
		"99999999999999999999":    errTooLong.Error(),
		"99999d":                  errTooLong.Error(),
		strings.Repeat("9", 4096): errTooLong.Error(),
	} {
		if got, err := ParseDuration(in); got != 0 || err == nil || err.Error() != want {
			t.Errorf("parseDuration(%.40q) = %v, %v; want %v", in, got, err, want)
		}
	}
}

// What Go reads is read as Go does, what is accepted comes back, and what is
// proposed instead of a mistake would be accepted.
func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{"5", "1m30s", "-3", "1d", "5 min", "1,5", "1e3", "9999999h", "1h99999999999w", "µs", "5µ", "٣s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDuration(s)
		if d < 0 || d > longestDuration {
			t.Errorf("parseDuration(%q) = %v", s, d)
		}
		if goD, goErr := time.ParseDuration(s); goErr == nil && goD >= 0 && goD <= longestDuration && (err != nil || d != goD) {
			t.Errorf("parseDuration(%q) = %v, %v; Go reads %v", s, d, err, goD)
		}
		if err == nil {
			if again, err := ParseDuration(d.String()); again != d || err != nil {
				t.Errorf("parseDuration(%q) = %v, which reads as %v, %v", s, d, again, err)
			}
			return
		}
		if _, meant, ok := strings.Cut(err.Error(), "did you mean "); ok {
			if _, err := ParseDuration(strings.TrimSuffix(meant, "?")); err != nil {
				t.Errorf("parseDuration(%q): %v, which is no better: %v", s, meant, err)
			}
		}
	})
}
