package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"drainit/test/where"
)

// TestVirtualMachines boots what differs most from the machine that the other tests run on: arm64, and s390x, which is
// big-endian. The rest is make vm.
func TestVirtualMachines(t *testing.T) {
	if _, err := exec.LookPath("apt-get"); err != nil {
		t.Skip("no apt-get here: QEMU and the kernels are Debian's packages")
	}
	l, err := newLab(context.Background(), "../..", []string{"conns", "fifo", "proc", "reaper", "signals"}, testing.Verbose())
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	l.starts = slices.Clone(starts[:3]) // to boot again is as to power off
	l.starts[0].init = "rdinit=/guest"  // the least memory.max is make vm's to search for
	chosen, err := choose("arm64;s390x")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range chosen {
		t.Run(m.name, func(t *testing.T) {
			r := l.run(t.Context(), m)
			t.Log(r.line())
			for _, problem := range r.problems() {
				t.Error(problem)
			}
		})
	}
}

// The document is what the command would write now.
func TestDocumentIsOfTheRecord(t *testing.T) {
	where.Test(t, "../..", recordPath, part, markdown)
}

const good = `[    0.1] noise
@note kernel 6.12 s390x
@ok one: two
@absent three
@skipped conns TestX: x_test.go:7: why
@least 7340032
@suite conns pass=53 fail=0 skip=1
@done
[    9.9] reboot: Power down
====
@ok as /init
@done
[    9.9] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000700
====
@done
[    9.9] reboot: Power down
====
[    9.9] reboot: Restarting system
`

func TestConsoleIsRead(t *testing.T) {
	read := func(text string) []string {
		r := result{starts: starts}
		for text := range strings.SplitSeq(text, "====\n") {
			r.take(console{text: []byte(strings.ReplaceAll(text, "\n", "\r\n"))})
		}
		return r.problems()
	}
	if problems := read(good); problems != nil {
		t.Fatalf("a good console has problems: %q", problems)
	}
	for _, test := range []struct{ old, new, want string }{
		{"@ok as", "@failed as", "as /init: failed"},
		{"@least", "@most", "no least memory.max was found"},
		{"fail=0", "fail=1", "conns: 53 tests passed, 1 failed"},
		{"pass=53", "pass=0", "conns: 0 tests passed, 0 failed"},
		{"reboot: Restarting", "reboot: nothing", `the machine ended with ["Power down" "panic" "Power down" ""], want ["Power down" "panic" "Power down" "Restarting system"]: by the guest, and by drainit as --on-exit says`},
		{"0x00000700", "0x00000b00", `as /init drainit ended with "00000b00", want the program's status of 7, 00000700`},
	} {
		if problems := read(strings.Replace(good, test.old, test.new, 1)); !slices.Equal(problems, []string{test.want}) {
			t.Errorf("%q for %q: problems %q, want %q", test.new, test.old, problems, test.want)
		}
	}
	if problems := read(strings.Replace(good, "@done\n", "", 1)); len(problems) != 1 || !strings.HasPrefix(problems[0], "2 of 3") {
		t.Errorf("a boot that came to no end: problems %q", problems)
	}
}

func TestMachinesAreChosen(t *testing.T) {
	for only, want := range map[string]string{
		"":                          strings.Join(names(), "; "),
		"amd64":                     "amd64, 5.10; amd64, 6.1; amd64, 6.12; amd64, sid",
		"amd64, 6.12":               "amd64, 6.12",
		"s390x;arm64":               "arm64; s390x",
		" amd64, sid ; amd64, 5.10": "amd64, 5.10; amd64, sid",
		"amd64, sid;amd64":          "amd64, 5.10; amd64, 6.1; amd64, 6.12; amd64, sid",
		"arm":                       "arm/v7",
	} {
		chosen, err := choose(only)
		if got := strings.Join(namesOf(chosen), "; "); got != want || err != nil {
			t.Errorf("-only %q: %q, %v; want %q", only, got, err, want)
		}
	}
	for _, only := range []string{"mips", "6.12", "amd64,s390x", "s390x;", ";"} {
		if chosen, err := choose(only); err == nil || !strings.Contains(err.Error(), strings.Join(names(), "; ")) {
			t.Errorf("-only %q: %d machines, error %v; want one with the names", only, len(chosen), err)
		}
	}
}

// cpio(1) reads what the kernel will.
func TestArchive(t *testing.T) {
	tool, err := exec.LookPath("busybox")
	if err != nil {
		t.Skip("no busybox here")
	}
	var b bytes.Buffer
	a := &archive{w: &b}
	a.entry("dir", directory, 0, 0, nil)
	a.entry("dir/file", regular, 0, 0, []byte("hello"))
	a.entry("dir/next", regular, 0, 0, []byte("world!"))
	if err := a.close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tool, "cpio", "-i")
	cmd.Dir, cmd.Stdin = t.TempDir(), &b
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, want := range map[string]string{"file": "hello", "next": "world!"} {
		if got, err := os.ReadFile(cmd.Dir + "/dir/" + name); string(got) != want {
			t.Errorf("%s has %q, %v; want %q", name, got, err, want)
		}
	}
}

func TestProductFlags(t *testing.T) {
	flags, err := productFlags("../..")
	if err != nil || !slices.Contains(flags, "-trimpath") {
		t.Errorf("%q, %v; want those of the Makefile", flags, err)
	}
}
