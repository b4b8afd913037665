package probe

import (
	"strings"
	"testing"
)

// Readiness is red when the front does not serve, whatever else is asked.
func TestGateAsksTheFront(t *testing.T) {
	serves := false
	g := NewGate(GateConfig{Front: func() (bool, string) { return serves, "not yet" }})
	if g.Green() || !g.History().Configured {
		t.Error("green before anybody has asked")
	}
	if v := g.Ready(t.Context()); v.OK || v.failure() != "front: not yet" {
		t.Errorf("got %+v", v)
	}
	serves = true
	if v := g.Ready(t.Context()); !v.OK || !strings.Contains(v.verbose("readyz"), "[+]front ok\n") {
		t.Errorf("got %+v", v)
	}
}

func TestFrontText(t *testing.T) {
	for want, f := range map[string]Front{
		":80=x: not serving; in flight 0, upgraded 0, connections 0; answered nothing; refused 0, failed 0, cut 0, left in turn 0":                    {Routes: []string{":80=x"}},
		":80=x: does not answer; as it last told; in flight 1, upgraded 0, connections 0; answered 2xx 3; refused 0, failed 0, cut 0, left in turn 0": {Routes: []string{":80=x"}, Serving: true, InFlight: 1, Requests: map[string]uint64{"2xx": 3, "5xx": 0}},
	} {
		if got := f.text(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
