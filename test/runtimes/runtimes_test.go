package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"drainit/test/debianroot"
	"drainit/test/where"
)

const top = "../.."

func TestMain(m *testing.M) {
	if inRoom() {
		exit(stage(os.Args[1], os.Args[2], os.Args[3]))
	}
	os.Exit(m.Run())
}

// TestRuntimes tries what differs most from the containers of the other tests: Podman without root, and gVisor. The rest
// is make runtimes.
func TestRuntimes(t *testing.T) {
	if _, err := exec.LookPath("debootstrap"); err != nil || os.Getuid() != 0 {
		t.Skip("Debian roots take root and debootstrap")
	}
	if hierarchies() == nil {
		t.Skip("no cgroup version 1 here")
	}
	l, err := newLab(t.Context(), top)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	root, err := debianroot.Unpacked(top, "@tools")
	if err != nil {
		t.Fatal(err)
	}
	for name, lower := range map[string]string{"Podman 4, rootless": root, "gVisor": runsc(t) + ":" + root} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			chosen, err := choose(name)
			if err != nil {
				t.Fatal(err)
			}
			rec := l.tryOver(t.Context(), lower, chosen[0], []string{"hold", "readiness", "reaping", "evidence", "front", "ctl"}, testing.Verbose())
			t.Log(rec.line())
			for _, problem := range rec.problems() {
				t.Error(problem)
			}
		})
	}
}

// runsc returns a directory to lay over a root: runsc is static, and its suite is not the root's.
func runsc(t *testing.T) string {
	fetched, err := filepath.Abs(top + "/.cache/runsc")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, argv := range [][]string{
		{top + "/test/vm/fetch.sh", "tools", fetched, "trixie", "runsc"},
		{"mkdir", "-p", dir + "/usr/bin"},
		{"cp", fetched + "/usr/bin/runsc", dir + "/usr/bin/"},
	} {
		if out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v: %s", argv, err, out)
		}
	}
	return dir
}

// The document is what the command would write now.
func TestDocumentIsOfTheRecord(t *testing.T) {
	where.Test(t, top, recordPath, part, markdown)
}

func TestGuideHasDaemonJSON(t *testing.T) {
	const guide = top + "/docs/guides/runtimes.md"
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "\n    "+daemonJSON+"\n") {
		t.Errorf("%s does not have the daemon.json that is tried: %s", guide, daemonJSON)
	}
}

func TestRuntimesAreChosen(t *testing.T) {
	for only, want := range map[string]int{"": len(runtimes), "systemd": 1, "Podman": 5, "Podman 4; gVisor": 3, "rkt": 0} {
		chosen, err := choose(only)
		if len(chosen) != want || (err != nil) != (want == 0) {
			t.Errorf("-only %q: %d runtimes, %v; want %d", only, len(chosen), err, want)
		}
	}
}

// Every runtime that lacks a feature, or has it otherwise, names one that there is.
func TestExceptionsAreOfFeatures(t *testing.T) {
	known := map[string]bool{}
	for _, name := range featureNames() {
		known[name] = true
	}
	for _, r := range runtimes {
		for _, list := range []map[string]string{r.lacks, r.differs} {
			for name := range list {
				if !known[name] {
					t.Errorf("%s: no feature %q", r.name, name)
				}
			}
		}
	}
}
