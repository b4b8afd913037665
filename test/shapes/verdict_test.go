package shapes_test

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// verdict lists what is not as it should be.
func (s shape) verdict(o, tini outcome) []string {
	var wrong []string
	bad := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	want := s.after
	if s.afterAsTini {
		want = strings.Join(tini.after, " ")
	}
	if got := strings.Join(o.after, " "); got != want {
		bad("ran after the stop: %q, want %q", got, want)
	}
	if s.lines != "" && !strings.Contains("\n"+o.diary, "\n"+s.lines+"\n") {
		bad("not in the diary: %s", s.lines)
	}
	if o.early && !s.ends {
		bad("ended before the stop")
	}
	if want := s.wantStatus(tini); !either(want, itoa(o.status)) {
		bad("status %d, want %s", o.status, want)
	}
	for what, got := range o.got {
		if got != "whole" && !s.cut {
			bad("download of %s: %s", what, got)
		}
	}
	for who, want := range s.told {
		if got := o.told[who]; !either(want, got) {
			bad("%s got %q, want %q", who, got, want)
		}
	}
	if s.atLeast > 0 && o.took < s.atLeast {
		bad("took %v, want at least %v", o.took, s.atLeast)
	}
	if limit := s.limit(tini); o.took > limit {
		bad("took %v, want at most %v", o.took, limit)
	}
	return append(append(wrong, s.wrongWords(o)...), s.wrongFiles(o)...)
}

// either reports whether got is one of those wanted, between bars.
func either(want, got string) bool { return slices.Contains(strings.Split(want, "|"), got) }

// wantStatus is the row's, or tini's.
func (s shape) wantStatus(tini outcome) string {
	if s.status != "" {
		return s.status
	}
	return itoa(tini.status)
}

// limit is how long the stop may take: until the deadline where something is
// waited for, else no longer than under tini, and the sweep.
func (s shape) limit(tini outcome) time.Duration {
	deadline := s.deadline() + noise
	switch {
	case s.atMost != 0:
		return s.atMost
	case s.gets == "" && s.atLeast == 0 && !tini.killed:
		return min(deadline, tini.took+2*time.Second+noise)
	}
	return deadline
}

func (s shape) wrongWords(o outcome) []string {
	var wrong []string
	for _, e := range s.says {
		if !matches(e, o.output) {
			wrong = append(wrong, fmt.Sprintf("does not say %q", e))
		}
	}
	for _, e := range s.never {
		if matches(e, o.output) {
			wrong = append(wrong, fmt.Sprintf("says %q", e))
		}
	}
	if s.program != "" {
		for _, msg := range []string{"stop signal sent", "drain report"} {
			if e := `msg="` + msg + `".* program=` + s.program + `\b`; !matches(e, o.output) {
				wrong = append(wrong, fmt.Sprintf("%q does not name %s", msg, s.program))
			}
		}
	}
	return wrong
}

func (s shape) wrongFiles(o outcome) []string {
	wrong := o.missing
	for name := range strings.FieldsSeq(s.has) {
		if !slices.Contains(o.files, name) {
			wrong = append(wrong, "no file "+name)
		}
	}
	for name := range strings.FieldsSeq(s.hasNot) {
		if slices.Contains(o.files, name) {
			wrong = append(wrong, "there is a file "+name)
		}
	}
	return wrong
}
