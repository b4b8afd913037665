package main

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"drainit/test/debianroot"
)

// The test binary is PID 1 of the rooms, as the program is.
func TestMain(m *testing.M) {
	if told := os.Getenv(inside); told != "" && len(os.Args) == 2 {
		exit(runInside(told, os.Args[1], func(string) (program, bool) { return drainer, true }))
	}
	os.Exit(m.Run())
}

// drainer finishes the request in hand on SIGTERM, goes on after SIGQUIT, and leaves the rest alone. Perl is part of
// every Debian.
var drainer = program{client: onPort(8080), command: []string{"perl", "-MIO::Socket::INET", "-e", `
	$SIG{QUIT} = sub {};
	$SIG{TERM} = sub { $stop = 1; close $l };
	$l = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 8080, Listen => 5, ReuseAddr => 1) or die $!;
	until ($stop) {
		my $c = $l->accept or next;
		my $line = <$c>;
		if ($line =~ m{/sleep/(\d+)}) { my $end = time + $1; select undef, undef, undef, 0.01 while time < $end }
		print $c "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n";
		close $c;
	}
`}}

func TestPlay(t *testing.T) {
	t.Parallel()
	one := func(sig syscall.Signal) []syscall.Signal { return []syscall.Signal{sig} }
	for _, tt := range []struct {
		scenario scenario
		want     line
	}{
		{scenario{Signals: one(syscall.SIGTERM), Watch: 20}, line{scenario: "idle", signals: "TERM", status: "0"}},
		{scenario{Signals: one(syscall.SIGINT), Watch: 20}, line{scenario: "idle", signals: "INT", status: "SIGINT"}},
		{scenario{Signals: one(syscall.SIGQUIT), Watch: 1}, line{scenario: "idle", signals: "QUIT", status: goesOn}},
		{scenario{Signals: one(syscall.SIGTERM), Request: 3, Watch: 20}, line{scenario: "flight", signals: "TERM", status: "0", request: "completes"}},
		{scenario{Signals: one(syscall.SIGINT), Request: 3, Fresh: true, Watch: 20}, line{scenario: "flight", signals: "INT", status: "SIGINT", request: "cut", fresh: "refused"}},
		{scenario{Signals: []syscall.Signal{syscall.SIGTERM, syscall.SIGINT}, Request: long, Watch: 20}, line{scenario: "then", signals: "TERM,INT", status: "SIGINT"}},
		{scenario{Signals: []syscall.Signal{syscall.SIGTERM, syscall.SIGTERM}, Request: long, Watch: 1}, line{scenario: "then", signals: "TERM,TERM", status: goesOn}},
	} {
		t.Run(tt.scenario.name(), func(t *testing.T) {
			t.Parallel()
			files, err := filepath.Abs("files")
			if err != nil {
				t.Fatal(err)
			}
			res, err := room{Lower: "/", Files: files, Suite: "bookworm", Scenario: tt.scenario}.play()
			if errors.Is(err, syscall.EPERM) {
				t.Skip("needs root for namespaces:", err)
			}
			if err != nil {
				t.Fatal(err)
			}
			got := lineOf(tt.scenario, res)
			got.seconds = 0
			if got != tt.want || res.Comm != "perl" || len(res.Argv) != 4 {
				t.Errorf("got %+v of %q, want %+v of perl", got, res.Comm, tt.want)
			}
		})
	}
}

func TestPrograms(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range programs() {
		if seen[p.key()] || p.packages == "" || p.client == nil {
			t.Errorf("%s: want a key of its own, packages and a client", p.key())
		}
		seen[p.key()] = true
		for _, suite := range debianroot.Suites {
			if text := strings.Join(append(p.in(suite).command, p.in(suite).packages, p.in(suite).prepare), " "); regexp.MustCompile(`\{[a-z]+\}`).MatchString(text) {
				t.Errorf("%s in %s: %s", p.key(), suite, text)
			}
		}
		for _, word := range slices.Concat(p.in("sid").command, p.in("bookworm").command, strings.Fields(p.prepare)) {
			if name, ok := strings.CutPrefix(word, "/stops/"); ok {
				if _, err := os.Stat("files/" + name); err != nil {
					t.Error(p.key(), err)
				}
			}
		}
	}
}

// Fewer would be a step back.
func TestEnoughIsMeasured(t *testing.T) {
	table, err := readTable("../../" + tablePath)
	if err != nil {
		t.Fatal(err)
	}
	names, pairs := map[string]bool{}, map[string]bool{}
	for _, m := range table {
		names[m.key.program] = true
		pairs[m.key.program+" "+m.key.plainVersion()] = true
	}
	if len(names) < 100 || len(pairs) < 150 {
		t.Errorf("%d programs in %d versions, want 100 in 150", len(names), len(pairs))
	}
}

// The log of a stop says what drainit sent.
func TestUnderLine(t *testing.T) {
	for _, tt := range []struct{ log, sent, killed string }{
		{"", "", ""},
		{"drainit: msg=\"stop signal sent\" signal=SIGQUIT\ndrainit: msg=\"next signal sent\" signal=SIGTERM\n", "QUIT,TERM", ""},
		{"msg=\"stop signal sent\" signal=SIGQUIT\n", "", ""}, // the program's own
		{"drainit: msg=\"stop signal sent\" signal=SIGTERM\ndrainit: msg=\"deadline hit, SIGKILL sent\" remedy=\"no signal surely ends it\"\n", "TERM", bySIGKILL},
		{"drainit: msg=\"stop signal sent\" signal=SIGTERM note=\"no signal surely ends it\"\ndrainit: msg=\"deadline hit, SIGKILL sent\"\n", "TERM", announced},
		{"drainit: msg=\"stop signal sent\" signal=SIGTERM\ndrainit: msg=\"SIGKILL is next\" program=a\ndrainit: msg=\"deadline hit, SIGKILL sent\"\n", "TERM", announcedLate},
		{"drainit: msg=\"stop signal sent\" signal=SIGTERM note=\"no signal surely ends it\"\ndrainit: msg=\"SIGKILL is next\" program=a\ndrainit: msg=\"deadline hit, SIGKILL sent\"\n", "TERM", announced},
	} {
		if sent, killed := underLine([]byte(tt.log)); sent != tt.sent || killed != tt.killed {
			t.Errorf("%q: got %q, %q, want %q, %q", tt.log, sent, killed, tt.sent, tt.killed)
		}
	}
}

// The table is what this command writes, and no line is another one's.
func TestTable(t *testing.T) {
	table, err := readTable("../../" + tablePath)
	if err != nil || len(table) == 0 {
		t.Fatalf("%d programs, error %v", len(table), err)
	}
	copied := filepath.Join(t.TempDir(), "table")
	if err := writeTable(copied, table); err != nil {
		t.Fatal(err)
	}
	again, err := readTable(copied)
	if err != nil || !reflect.DeepEqual(again, table) {
		t.Errorf("read again the table differs: %v", err)
	}
	for _, m := range table {
		p := program{name: m.key.program, shape: m.key.shape}
		if _, ok := programOf(p.key()); !ok {
			t.Errorf("%v is not in the list of programs", m.key)
		}
		lines := map[string]bool{}
		for _, l := range m.lines {
			if lines[l.scenario+" "+l.signals] {
				t.Errorf("%v: %s %s twice", m.key, l.scenario, l.signals)
			}
			lines[l.scenario+" "+l.signals] = true
		}
		if id, ok := m.seen(); !ok || id.comm == "" || len(id.argv) == 0 {
			t.Errorf("%v: it is not said as what it was seen", m.key)
		}
		for _, sig := range asked {
			if !lines["idle "+short(sig)] {
				t.Errorf("%v: nothing about %s", m.key, short(sig))
			}
		}
	}
}
