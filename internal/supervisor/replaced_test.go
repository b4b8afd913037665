package supervisor

import (
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"drainit/internal/drain"
	"drainit/internal/signals"
)

// TestSIGTERMReplaces: of SIGINT and SIGTERM within the hold SIGTERM decides what the
// program gets, whichever came first.
func TestSIGTERMReplaces(t *testing.T) {
	for _, tt := range []struct {
		first, second syscall.Signal
		want          string
		said          []string
	}{
		{syscall.SIGINT, syscall.SIGTERM, "5s SIGTERM to 7", []string{
			`msg="stop request replaced" signal=SIGTERM first_request=SIGINT after=100ms`, " request=SIGTERM requests=2 ", " first_request=SIGINT"}},
		{syscall.SIGTERM, syscall.SIGINT, "5s SIGTERM to 7", []string{" request=SIGTERM requests=2 "}},
		{syscall.SIGINT, syscall.SIGINT, "5s SIGINT to 7", []string{" request=SIGINT requests=2 "}},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, drain.Settings{GracePeriod: 30 * time.Second}, signals.Process{Comm: "app"})
			b.start()
			b.signals <- tt.first
			time.Sleep(100 * time.Millisecond)
			b.signals <- tt.second
			time.Sleep(6 * time.Second)
			b.exits(0)
			b.wantDid(t, tt.want, "5s SIGCONT to 7")
			for _, want := range tt.said {
				if !strings.Contains(b.log.String(), want) {
					t.Errorf("%v, %v: no %s in\n%s", tt.first, tt.second, want, b.log)
				}
			}
		})
	}
}
