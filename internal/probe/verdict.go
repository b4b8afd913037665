package probe

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Verdict is one answer about readiness or liveness.
type Verdict struct {
	OK     bool
	Checks []Result // what was looked at, in the order it is shown
}

// A Result is one check of a verdict.
type Result struct {
	Name   string // "shutdown", "front", "ports", "ready-check", "live-check", "process"
	OK     bool
	Detail string // why it failed; one line
}

// verdict returns the verdict on the given results: all must be good.
func verdict(checks ...Result) Verdict {
	v := Verdict{OK: true, Checks: checks}
	for _, c := range checks {
		v.OK = v.OK && c.OK
	}
	return v
}

// or returns the verdict on the given results, which is v itself where they are the
// same: a program that answers as before makes no garbage.
func (v Verdict) or(checks []Result) Verdict {
	if slices.Equal(v.Checks, checks) {
		return v
	}
	return verdict(slices.Clone(checks)...)
}

// failure returns the results that failed as one line, "" if none did.
func (v Verdict) failure() string {
	var why []string
	for _, c := range v.Checks {
		if !c.OK {
			why = append(why, c.Name+": "+c.Detail)
		}
	}
	return strings.Join(why, "; ")
}

// verbose returns one line for each check and one for the whole, in the manner
// of kube-apiserver's /readyz?verbose, which also shows them all on failure.
// endpoint is "readyz" or "livez".
func (v Verdict) verbose(endpoint string) string {
	var b strings.Builder
	for _, c := range v.Checks {
		if c.OK {
			b.WriteString("[+]" + c.Name + " ok\n")
		} else {
			b.WriteString("[-]" + c.Name + " failed: " + c.Detail + "\n")
		}
	}
	outcome := " check passed\n"
	if !v.OK {
		outcome = " check failed\n"
	}
	b.WriteString(endpoint + outcome)
	return b.String()
}

// detailLimit bounds a detail, in bytes: it may quote what a program answered.
const detailLimit = 256

// failed returns the result of a check that failed.
func failed(name, detail string) Result {
	detail = printable(detail)
	if len(detail) > detailLimit {
		cut := detailLimit
		for !utf8.RuneStart(detail[cut]) {
			cut--
		}
		detail = detail[:cut] + "…"
	}
	return Result{Name: name, Detail: detail}
}

// printable returns s with everything that is not printable replaced, so that
// it stays on its line and cannot speak to a terminal: a process names itself
// as it likes (PR_SET_NAME, prctl(2)).
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}
