package main

import (
	"bytes"
	"debug/elf"
	encoding "encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func sh(script string) []string { return []string{"/bin/sh", "-c", script} }

func TestEveryExitStatusPassesThrough(t *testing.T) {
	t.Parallel()
	for status := range 256 {
		r := launch(t, spec{args: command(nil, sh(fmt.Sprintf("exit %d", status))...)})
		r.wantExit(status)
	}
}

// TestEveryDeathBySignal covers all signals whose default is to end a process.
func TestEveryDeathBySignal(t *testing.T) {
	t.Parallel()
	harmless := map[syscall.Signal]bool{
		syscall.SIGCHLD: true, syscall.SIGCONT: true, syscall.SIGURG: true, syscall.SIGWINCH: true,
		syscall.SIGSTOP: true, syscall.SIGTSTP: true, syscall.SIGTTIN: true, syscall.SIGTTOU: true,
	}
	for n := syscall.Signal(1); n <= 64; n++ {
		if harmless[n] {
			continue
		}
		r := launch(t, spec{args: command(nil, sh(fmt.Sprintf("ulimit -c 0; kill -%d $$; sleep 10", n))...)})
		r.wantExit(128 + int(n))
	}
}

func TestCommandThatCannotRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		name    string
		command []string
		want    int
		says    string
	}{
		{"not on PATH", []string{"no-such-program"}, 127, "on PATH or with its full path"},
		{"no such file", []string{"/no/such/program"}, 127, "must be in the image"},
		{"empty", []string{""}, 127, "not found"},
		{"a verb of ctl", []string{"plan"}, 127, "did you mean drainit ctl plan?"},
		{"a flag behind an ENTRYPOINT that ends in --", []string{"--exit-with", "job"}, 127, "where flags end, as in an ENTRYPOINT that ends in --; set DRAINIT_EXIT_WITH instead"},
		{"the same, with its value", []string{"--grace-period=30"}, 127, "set DRAINIT_GRACE_PERIOD instead"},
		{"a flag of the program", []string{"--port"}, 127, "must be in the image"},
		{"a flag out of a text", []string{"–group"}, 127, "begins with a dash of text"},
		{"words in one", []string{"/bin/sh -c true"}, 127, "each word stands by itself"},
		{"a directory", []string{dir}, 126, "name the program in it"},
		{"not executable", []string{write("plain", "#!/bin/sh\n", 0o644)}, 126, "chmod +x"},
		{"interpreter missing", []string{write("orphan", "#! /no/such/interpreter -x\n", 0o755)}, 127, `not "/no/such/interpreter", which its #! line names`},
		{"lines that end in CR LF", []string{write("dos", "#!/bin/sh\r\nexit 0\r\n", 0o755)}, 127, `not "/bin/sh\r", which its #! line names; its lines end in CR LF`},
		{"loader missing", []string{write("dynamic", withoutLoader(t), 0o755)}, 127, "is there, but not its loader; "},
		{"below a file", []string{write("file", "", 0o644) + "/x"}, 127, "not found"},
		{"another architecture's binary", []string{write("foreign", "\x7fELF\x00garbage", 0o755)}, 126, "architecture"},
		{"script without #!, as execvp(3) runs it", []string{write("script", "exit 11\n", 0o755)}, 11, ""},
	} {
		r := launch(t, spec{args: command(nil, c.command...)})
		if got := r.exit(); got != c.want {
			t.Errorf("%s: got exit status %d, want %d; stderr %q", c.name, got, c.want, r.stderr)
		}
		if text := r.stderr.String(); c.want >= 125 && !strings.HasPrefix(text, "drainit: ") || !strings.Contains(text, c.says) {
			t.Errorf("%s: stderr %q, want it to say %q", c.name, text, c.says)
		}
	}
}

// withoutLoader returns a program that is all there but for what loads it.
func withoutLoader(t *testing.T) string {
	t.Helper()
	const loader = "/no/such/loader\x00"
	var b bytes.Buffer
	header := elf.Header64{
		Ident: [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:  uint16(elf.ET_EXEC), Version: uint32(elf.EV_CURRENT),
		Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: 1,
	}
	self, err := elf.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	defer self.Close()
	header.Machine = uint16(self.Machine)
	interp := elf.Prog64{Type: uint32(elf.PT_INTERP), Off: 64 + 56, Filesz: uint64(len(loader)), Memsz: uint64(len(loader))}
	for _, part := range []any{header, interp, []byte(loader)} {
		if err := encoding.Write(&b, encoding.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func TestPathLookup(t *testing.T) {
	t.Parallel()
	denied, good := t.TempDir(), t.TempDir()
	if err := os.WriteFile(denied+"/prog", []byte("#!/bin/sh\nexit 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(good+"/prog", []byte("#!/bin/sh\nexit 12\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		denied + ":" + good:          12, // what may not be executed is passed over
		denied:                       126,
		"/nowhere:" + good + "/prog": 127,
		"":                           12, // an empty entry is the working directory
	} {
		r := launch(t, spec{args: command(nil, "prog"), env: []string{"PATH=" + path}, dir: good})
		if got := r.exit(); got != want {
			t.Errorf("PATH=%q: got exit status %d, want %d; stderr %q", path, got, want, r.stderr)
		}
	}
}

func TestBadSettingsEndBeforeTheChild(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{
		args: command([]string{"--grace-period", "10s", "--drain-delay", "9s", "--sweep", "x"}, "/bin/sh", "-c", "echo started"),
		env:  []string{"DRAINIT_STOP_SIGNAL=SIGNONE"},
	})
	r.wantExit(125)
	for _, words := range []string{"--drain-delay", "--sweep", "DRAINIT_STOP_SIGNAL"} {
		if !strings.Contains(r.stderr.String(), words) {
			t.Errorf("stderr does not name %s: %q", words, r.stderr)
		}
	}
	if r.stdout.String() != "" {
		t.Errorf("the child ran: %q", r.stdout)
	}
}

func TestRemapExit(t *testing.T) {
	t.Parallel()
	r := launch(t, spec{args: command([]string{"--remap-exit", "143=0,3=4"}, sh("kill -TERM $$")...)})
	r.wantExit(0)
	r = launch(t, spec{args: command([]string{"--remap-exit", "143=0,3=4"}, sh("exit 3")...)})
	r.wantExit(4)
}
