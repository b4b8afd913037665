package main

import (
	"fmt"
	"slices"
	"strings"
)

// part is what of the document is this command's.
const part = "vm"

const storiesHeading = `
### Stories

"ok": as the name says. "–": not there in this kernel. A scrape whose helper is killed ends without an answer.

`

const leastHeading = `
### Memory

The least memory.max, in MB, under which drainit works beside a program that is busybox's shell and sleep: /readyz and
/metrics, 100 times each, and a drain with a report that is sent. Found by search in steps of 128 KB, on one processor.

`

const testsHeading = `
### Tests

Tests of these packages, without their subtests: passed, and skipped after a "+".

`

const skippedHeading = `
Skipped by the tests themselves, subtests included:

`

const omittedHeading = `
Left out on all machines, if nothing else is said:

`

// markdown makes that part.
func markdown(records []record) string {
	var b strings.Builder
	b.WriteString("| machine | kernel | Debian's package | QEMU | tests | stories | date, drainit | seconds |\n|---|---|---|---|---|---|---|---|\n")
	for _, r := range records {
		pass, fail, skip := r.count()
		tests := fmt.Sprintf("%d passed, %d skipped", pass, skip)
		if fail > 0 {
			tests = fmt.Sprintf("**%d failed**, %s", fail, tests)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s, %s | %d |\n",
			r.Machine, r.Kernel, r.Pack, r.Qemu, tests, r.storyCount(), r.Date, r.Drainit, r.Seconds)
	}
	for _, m := range machines {
		if !slices.ContainsFunc(records, func(r record) bool { return r.Machine == m.name }) {
			fmt.Fprintf(&b, "| %s | not run | | | | | | |\n", m.name)
		}
	}
	b.WriteString("\nSeconds are the host's, of processor time.\n")
	b.WriteString(storiesHeading + storyTable(records))
	b.WriteString(leastHeading + perMachine("", []string{"memory.max"}, records, record.least))
	b.WriteString(testsHeading + testTable(records))
	b.WriteString(skippedHeading + skippedTable(records))
	b.WriteString(omittedHeading + omittedTable())
	return b.String()
}

func (r record) count() (pass, fail, skip int) {
	for _, s := range r.Suites {
		pass, fail, skip = pass+s.Pass, fail+s.Fail, skip+s.Skip
	}
	return pass, fail, skip
}

// least is in MB.
func (r record) least(string) string {
	if r.Least == 0 {
		return "not run"
	}
	return fmt.Sprintf("%.1f", float64(r.Least)/(1<<20))
}

func (r record) storyCount() string {
	ok := 0
	for _, s := range r.Stories {
		if s.Why == "" {
			ok++
		}
	}
	return fmt.Sprintf("%d of %d", ok, len(r.Stories))
}
