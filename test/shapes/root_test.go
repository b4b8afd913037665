package shapes_test

import (
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"drainit/test/debianroot"
)

// packages are what the rows run, besides those that debian-root.sh has anyway;
// heavy are what some run only where SHAPES_HEAVY is set, in a root of their own.
var (
	packages = []string{"@shapes"} // of test/docker/roots.txt
	heavy    = strings.Fields("rabbitmq-server ejabberd npm default-jre-headless")
)

var (
	debian      = sync.OnceValues(func() (string, error) { return debianroot.Unpacked(top, packages...) })
	heavyDebian = sync.OnceValues(func() (string, error) { return debianroot.Unpacked(top, heavy...) })
)

// needRoot makes the root, or skips where it cannot be made or entered. The
// reasons are in no list of those allowed (test/skips.txt): CI runs as root.
func needRoot(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("containers: namespaces and a Debian root take root")
	}
	if _, err := exec.LookPath("debootstrap"); err != nil {
		t.Skip("containers: a Debian root takes debootstrap")
	}
	if _, err := debian(); err != nil {
		t.Fatal(err)
	}
}
