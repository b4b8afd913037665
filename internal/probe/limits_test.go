package probe

import (
	"math"
	"testing"
)

func TestConnectionLimits(t *testing.T) {
	for _, tt := range []struct {
		descriptors uint64
		open, idle  int
	}{
		{math.MaxUint64, openLimit, idleLimit}, // RLIM_INFINITY
		{1024, openLimit, idleLimit},
		{openLimit + descriptorsKept, openLimit, idleLimit},
		{256, 224, idleLimit},
		{64, 32, 16},
		{40, 10, 5},
		{16, 4, 2},
		{10, 2, 1},
		{0, 2, 1},
	} {
		if open, idle := connectionLimits(tt.descriptors); open != tt.open || idle != tt.idle {
			t.Errorf("%d descriptors: %d connections, %d idle; want %d and %d", tt.descriptors, open, idle, tt.open, tt.idle)
		}
	}
}
