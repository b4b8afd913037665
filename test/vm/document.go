package main

import (
	"fmt"
	"slices"
	"strings"
)

// documentPath is where the document is kept.
const documentPath = "docs/proof/where.md"

const heading = `# Where it was run

drainit on other processors and under other kernels: Debian's kernels on machines that QEMU plays, with drainit as PID 1
of a PID namespace and as the machine's own /init. Written by

    make vm VMFLAGS='-o docs/proof/where.md'

which keeps what it measured in [measured.json](../../test/vm/measured.json); with ` + "`-only arm64,s390x`" + ` only these
machines are run again. Every cell was run, on the row's date, with that drainit. ` + "`make vm`" + ` installs nothing and needs no
root: Debian's apt downloads packages, which are unpacked under .cache/vm.

## How

- A machine has one processor and 1 GB of memory, and cgroup v2. Its time goes by its instructions, 4 ns each, and leaps
  over what it waits for (` + "`-icount shift=2,sleep=off -rtc clock=vm`" + `). So a busy host fails nothing; and a machine's
  times say nothing of a real one's.
- Its root is an initramfs: drainit, built as it is shipped; busybox; test binaries built with drainit's flags; and a
  program that plays the stories below. It has no libc, no systemd and no container engine.
- It is booted twice: once to run tests and stories, with drainit as PID 1 of namespaces, and once with drainit as /init.

## The machines

`

const storiesHeading = `
## The stories

"ok": as the name says. "–": not there in this kernel.

`

const testsHeading = `
## The tests

Tests of these packages, without their subtests: passed, and skipped after a "+".

`

const skippedHeading = `
Skipped by the tests themselves, subtests included:

`

const omittedHeading = `
Left out on all machines, if nothing else is said:

`

const notRun = `
## What was not run

- On real hardware: any of it but amd64. A QEMU that translates instructions does not show what reordered memory accesses
  of several processors would.
- The other tests: those of cmd/drainit, of the other packages, and all with containers run on amd64 only.
- Ctrl-Alt-Del itself: the signal that the kernel then sends to /init is sent by the program.
- Big-endian 64-bit PowerPC, MIPS, LoongArch, 32-bit x86: nothing is built for them.
`

// markdown makes the document.
func markdown(records []record) string {
	var b strings.Builder
	b.WriteString(heading)
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
	b.WriteString(testsHeading + testTable(records))
	b.WriteString(skippedHeading + skippedTable(records))
	b.WriteString(omittedHeading + omittedTable())
	b.WriteString(notRun)
	return b.String()
}

func (r record) count() (pass, fail, skip int) {
	for _, s := range r.Suites {
		pass, fail, skip = pass+s.Pass, fail+s.Fail, skip+s.Skip
	}
	return pass, fail, skip
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
