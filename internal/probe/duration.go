package probe

import (
	"fmt"
	"time"
)

// Duration is a duration that reads as Go writes it, "1m30s", in JSON and text.
type Duration time.Duration

// String returns it as Go writes it.
func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText returns it as Go writes it.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("duration %q: not one, such as 5s", text)
	}
	*d = Duration(v)
	return nil
}

// Limit is a duration that may be absent: 0 reads "off".
type Limit time.Duration

// String returns the limit as Go writes durations, or "off".
func (l Limit) String() string {
	if l == 0 {
		return "off"
	}
	return time.Duration(l).String()
}

// MarshalText returns the same as String.
func (l Limit) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (l *Limit) UnmarshalText(text []byte) error {
	if string(text) == "off" {
		*l = 0
		return nil
	}
	return (*Duration)(l).UnmarshalText(text)
}
