package testkit

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// GRPC builds test/grpc, for a test of a package two directories below the top.
func GRPC(t testing.TB) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "grpc")
	if out, err := exec.Command("go", "build", "-C", "../../test/grpc", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
}
