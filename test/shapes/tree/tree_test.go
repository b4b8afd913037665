package tree

import (
	"os/exec"
	"slices"
	"testing"
)

// TestRandom: the same seed makes the same tree; each has at most so many
// processes, with the servers in their budget, and a shell understands it.
func TestRandom(t *testing.T) {
	shapes := map[string]bool{}
	for seed := range uint64(500) {
		n := Random(seed)
		argv := n.Argv()
		if again := Random(seed).Argv(); !slices.Equal(argv, again) {
			t.Fatalf("seed %d: got %q, then %q", seed, argv, again)
		}
		shapes[n.words()] = true
		count := 0
		n.Each(func(m *Node) {
			if m.Kind != Pipeline {
				count++
			}
		})
		if count > Most {
			t.Errorf("seed %d: got %d processes, want at most %d: %q", seed, count, Most, argv)
		}
		if d := n.Longest(); d > Budget {
			t.Errorf("seed %d: servers drain for %v, want at most %v", seed, d, Budget)
		}
		if out, err := exec.Command("sh", "-n", "-c", n.words()).CombinedOutput(); err != nil {
			t.Errorf("seed %d: %v: %s: %s", seed, err, n.words(), out)
		}
		for i, p := range n.Processes() {
			if p.PID != i+2 || p.Parent >= p.PID {
				t.Errorf("seed %d: process %d has PID %d and parent %d", seed, i, p.PID, p.Parent)
			}
		}
	}
	if len(shapes) < 350 {
		t.Errorf("got %d different trees of 500", len(shapes))
	}
}
