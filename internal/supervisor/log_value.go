package supervisor

import (
	"fmt"
	"log/slog"
	"time"

	"drainit/internal/config"
	"drainit/internal/drain"
)

// optional is a value that may be nil, for which text then has a word.
type optional struct {
	value any
	word  string
}

func (o optional) String() string {
	if o.value == nil {
		return o.word
	}
	return fmt.Sprint(o.value)
}

func (o optional) Attrs(key string) []slog.Attr {
	if o.value == nil {
		return nil
	}
	return []slog.Attr{slog.Any(key, o.value)}
}

// orOff is a duration of which 0 means that there is none.
func orOff(d time.Duration) optional {
	if d == 0 {
		return optional{nil, "off"}
	}
	return optional{d, ""}
}

// holdValue is how long the stop signal is to be held. least and most of a range
// differ; most is 0 otherwise.
type holdValue struct{ least, most time.Duration }

// holdOf is how long the delay holds the stop signal.
func holdOf(p drain.Plan, rec drain.Record) holdValue {
	if p.DelayMax > 0 && rec.Hold == p.DelayMax {
		return holdValue{p.Delay, p.DelayMax}
	}
	return holdValue{least: rec.Hold}
}

func (h holdValue) String() string {
	if h.most > 0 {
		return config.Short(h.least) + ".." + config.Short(h.most)
	}
	return h.least.String()
}

func (h holdValue) Attrs(key string) []slog.Attr {
	attrs := []slog.Attr{slog.Duration(key, h.least)}
	if h.most > 0 {
		attrs = append(attrs, slog.Duration(key+"_max", h.most))
	}
	return attrs
}

// connectionsValue is what had become of connections.
type connectionsValue struct {
	text     string
	finished int // requests, while they were waited for
	drain.Connections
}

func (c connectionsValue) String() string { return c.text }

func (c connectionsValue) Attrs(key string) []slog.Attr {
	counts := []any{"finished", c.finished, "in_flight", c.InFlight, "idle", c.Idle, "undecided", c.Undecided, "unaccepted", c.Unaccepted}
	if c.Program != "" {
		counts = append(counts, "program", c.Program)
	}
	return []slog.Attr{slog.Group(key, counts...)}
}

// evidenceOf says what the connections were when the stop signal was sent.
func evidenceOf(rec drain.Record) []any {
	if text := rec.Evidence(); text != "" {
		return []any{"connections", connectionsValue{text, rec.Finished(), rec.AtStop.Connections}}
	}
	return nil
}

// connectionsThen says what was open, if that was seen.
func connectionsThen(seen drain.Seen) []any {
	if seen.Known {
		return []any{"connections", connectionsValue{seen.String(), 0, seen.Connections}}
	}
	return nil
}
