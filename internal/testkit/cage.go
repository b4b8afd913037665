package testkit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

var cages atomic.Int32 // so far

// PIDsCage makes a cgroup with a limit of processes, in either version's usual place
// (cgroups(7)), or skips the test. It is removed when its processes have gone.
func PIDsCage(t testing.TB, limit string) (dir string) {
	t.Helper()
	var errs []error
	for _, parent := range []string{"/sys/fs/cgroup/pids", "/sys/fs/cgroup"} {
		dir := filepath.Join(parent, fmt.Sprintf("drainit-pids-%d-%d", os.Getpid(), cages.Add(1)))
		if err := os.Mkdir(dir, 0o755); err != nil {
			errs = append(errs, err)
			continue
		}
		t.Cleanup(func() {
			for until := time.Now().Add(Patience); os.Remove(dir) != nil && time.Now().Before(until); {
				time.Sleep(10 * time.Millisecond)
			}
		})
		err := os.WriteFile(filepath.Join(dir, "pids.max"), []byte(limit), 0)
		if err == nil {
			return dir
		}
		errs = append(errs, err)
	}
	t.Skipf("pids cgroup: none can be made here: %v", errors.Join(errs...))
	return ""
}
