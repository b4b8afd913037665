package logging

import (
	"io"
	"log/slog"
	"time"
)

// LevelReport is the level of a drain report of which nothing was cut, shown as
// INFO: --log-level report has it and what is wrong, and no other line.
const LevelReport = slog.LevelInfo + 2

// New returns the logger of the format, "text" or "json". Text is for
// people: durations are as Go writes them, rounded to milliseconds. JSON is for
// machines: see forMachines.
func New(w io.Writer, format string, level slog.Level) *slog.Logger {
	if format == "json" {
		options := &slog.HandlerOptions{Level: level, ReplaceAttr: forMachines}
		return slog.New(slog.NewJSONHandler(w, options).WithAttrs([]slog.Attr{slog.String("logger", "drainit")}))
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: forPeople}))
}

// LinePrefix is what begins a line of the format.
func LinePrefix(format string) string {
	if format == "json" {
		return ""
	}
	return "drainit: "
}

func forPeople(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.StringValue(a.Value.Duration().Round(time.Millisecond).String())
	}
	return levelShown(a)
}

// forMachines has a key say the unit of a duration: "after" of 2.5s becomes
// "after_seconds" of 2.5. A value that is a text for people is taken apart.
func forMachines(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		return slog.Float64(a.Key+"_seconds", a.Value.Duration().Round(time.Millisecond).Seconds())
	}
	if parts, ok := a.Value.Any().(inParts); ok {
		return slog.Attr{Value: slog.GroupValue(parts.Attrs(a.Key)...)}
	}
	return levelShown(a)
}

func levelShown(a slog.Attr) slog.Attr {
	if a.Key == slog.LevelKey && a.Value.Any() == LevelReport {
		a.Value = slog.AnyValue(slog.LevelInfo)
	}
	return a
}

// inParts is a value of the log that text writes as its String, and JSON as
// attributes in place of that with the key: none leaves it out.
type inParts interface {
	String() string
	Attrs(key string) []slog.Attr
}
