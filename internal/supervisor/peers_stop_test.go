package supervisor

import (
	"testing"
	"time"

	"drainit/internal/drain"
	"drainit/internal/peers"
	"drainit/internal/pod"
	"drainit/internal/probe"
	"drainit/internal/signals"
	"drainit/internal/testkit"
)

// Its end is a stop like another: liveness is green from then on, whatever the
// program's own check says while others of the order are waited for.
func TestExitWithIsAStopRequest(t *testing.T) {
	t.Parallel()
	settings := drain.Settings{GracePeriod: 60 * time.Second, UnreadyAfter: 30 * time.Second, Order: []string{"job", "proxy"}, Name: "proxy"}
	b := newBench(t, settings, signals.Process{Comm: "proxy"})
	check, err := probe.ParseCheck("tcp://" + testkit.FreeAddr(t))
	if err != nil {
		t.Fatal(err)
	}
	b.gate = probe.NewGate(probe.GateConfig{Live: check})
	b.heard(peers.News{Of: peers.ExitWith, Event: pod.Seen{Name: "job", Gone: true, Believed: true}})
	if v := b.gate.Live(t.Context()); !v.OK || b.machine.State() != drain.Draining {
		t.Errorf("liveness %+v while %v, want green while draining", v, b.machine.State())
	}
}
