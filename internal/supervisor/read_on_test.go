package supervisor

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestReadToEnd: drainit leaves when what it reads in others' place is at its end, and
// does not wait for ever for that.
func TestReadToEnd(t *testing.T) {
	for _, tt := range []struct{ lasts, waits time.Duration }{
		{0, 0},
		{readToEndPatience / 2, readToEndPatience / 2},
		{time.Hour, readToEndPatience},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &supervisor{}
			for _, lasts := range []time.Duration{0, tt.lasts} {
				s.delivery.reading.Go(func() { time.Sleep(lasts) })
			}
			began := time.Now()
			s.readToEnd()
			if waited := time.Since(began); waited != tt.waits {
				t.Errorf("reading for %v: waited %v, want %v", tt.lasts, waited, tt.waits)
			}
			s.delivery.reading.Wait()
		})
	}
}
