package probe

import (
	"math"
	"testing"
)

func TestConnectionLimits(t *testing.T) {
	for _, tt := range []struct {
		descriptors uint64
		want        limits
	}{
		{math.MaxUint64, limits{openLimit, idleLimit, waitLimit, ownLimit}}, // RLIM_INFINITY
		{openLimit + waitLimit + descriptorsKept, limits{openLimit, idleLimit, waitLimit, ownLimit}},
		{1024, limits{openLimit, idleLimit, 672, ownLimit}},
		{256, limits{112, 56, 112, 56}},
		{64, limits{16, 8, 16, 8}},
		{40, limits{5, 3, 5, 2}},
		{16, limits{2, 1, 2, 1}},
		{10, limits{1, 1, 1, 0}},
		{0, limits{1, 1, 1, 0}},
	} {
		if got := connectionLimits(tt.descriptors); got != tt.want {
			t.Errorf("%d descriptors: %+v, want %+v", tt.descriptors, got, tt.want)
		}
	}
}
