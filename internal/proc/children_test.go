package proc

import (
	"os"
	"os/exec"
	"slices"
	"testing"
)

// TestChildPIDs compares both ways of finding children on real ones.
func TestChildPIDs(t *testing.T) {
	var want []int
	for range 3 {
		c := exec.Command("sleep", "60")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
		want = append(want, c.Process.Pid)
	}
	for name, f := range map[string]func(int) ([]int, error){"ChildPIDs": ChildPIDs, "scanChildren": scanChildren} {
		got, err := f(os.Getpid())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, pid := range want {
			if !slices.Contains(got, pid) {
				t.Errorf("%s: got %v, which lacks %d", name, got, pid)
			}
		}
	}
	if got, err := ChildPIDs(want[0]); err != nil || len(got) != 0 {
		t.Errorf("children of sleep: got %v, %v; want none", got, err)
	}
}
