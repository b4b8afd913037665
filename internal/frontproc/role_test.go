package frontproc

import "testing"

func TestProcs(t *testing.T) {
	for all, want := range map[int]int{1: 1, 2: 1, 3: 1, 4: 2, 7: 3, 16: 8, 64: 8} {
		if got := procs(all); got != want {
			t.Errorf("of %d: %d, want %d", all, got, want)
		}
	}
}
