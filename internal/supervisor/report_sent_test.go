package supervisor

import (
	"testing"
	"time"

	"drainit/internal/drain"
)

// TestReportUntil: sending costs half a second at most, and nothing of what is the
// platform's: whenever a stop ends, drainit has left before that sends SIGKILL.
func TestReportUntil(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	t0 := time.Unix(0, 0)
	for _, test := range []struct {
		plan       drain.Plan
		exit, want time.Duration // from T0
	}{
		{drain.Plan{}, 3000 * ms, 3500 * ms},
		{drain.Plan{Sweep: 2000 * ms}, 9000 * ms, 9500 * ms},
		{drain.Plan{GracePeriod: 30000 * ms, Deadline: 28000 * ms}, 7000 * ms, 7500 * ms},
		{drain.Plan{GracePeriod: 30000 * ms, Deadline: 28000 * ms}, 28010 * ms, 28510 * ms},
		{drain.Plan{GracePeriod: 30000 * ms, Deadline: 28000 * ms}, 29000 * ms, 29500 * ms},
		{drain.Plan{GracePeriod: 30000 * ms, Deadline: 28000 * ms}, 29300 * ms, 29500 * ms},
		{drain.Plan{GracePeriod: 30000 * ms, Deadline: 28000 * ms}, 29800 * ms, 29500 * ms}, // nothing is sent
		{drain.Plan{GracePeriod: 2000 * ms, Deadline: 1600 * ms}, 1610 * ms, 1800 * ms},
		{drain.Plan{GracePeriod: 2000 * ms, Deadline: 1600 * ms}, 100 * ms, 600 * ms},
		{drain.Plan{GracePeriod: 30000 * ms}, 29400 * ms, 29500 * ms},
		{drain.Plan{Deadline: 5000 * ms}, 5010 * ms, 5510 * ms},
		{drain.Plan{Deadline: 5000 * ms}, 5900 * ms, 6000 * ms},
	} {
		if got := reportUntil(test.plan, drain.Record{T0: t0, ExitAt: t0.Add(test.exit)}).Sub(t0); got != test.want {
			t.Errorf("%+v, over after %v: got %v, want %v", test.plan, test.exit, got, test.want)
		}
	}
}
