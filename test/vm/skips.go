package main

import (
	"slices"
	"strings"
)

// notThere are the tests that are left out, and why: most of all what needs what a machine does not have.
var notThere = map[string][]omitted{
	"conns": {
		{"TestNoGarbage", measures}, {"TestRefusedMakesNoGarbage", measures},
	},
	"drain": {
		{"TestPure", sources}, {"TestSilenceIsRarelyMistaken", "statistics without a kernel"},
	},
	"drainit": {
		{"TestBoundsAreDocumented", documents}, {"TestWarningsHaveConstantMessages", sources}, {"TestVersionOfACheckout", "needs git and Go"},
		{"TestFrontLosesNoCall", builds}, {"TestWithoutFrontCallsAreLost", builds},
		{"TestProbesInACrowd", crowd}, {"TestMemoryInACrowd", crowd}, {"TestNeighboursDelayNoStop", crowd}, {"TestManyOrphans", crowd},
		{"TestMemoryIsBounded", measures}, {"TestMemoryIsGivenBack", measures},
		{"TestEveryExitStatusPassesThrough", "256 lives; a story has five"}, {"TestRandomPods", "many pods"},
	},
	"look":  {{"TestBoundsAreDocumented", documents}},
	"peers": {{"TestBoundsAreDocumented", documents}},
	"probe": {
		{"TestTenThousandConnections", crowd}, {"TestScrapesDoNotGrowTheHeap", measures}, {"TestNoGarbage", measures},
		{"TestGRPCCheck", builds}, {"TestBoundsAreDocumented", documents},
	},
	"signals":    {{"TestPure", sources}},
	"supervisor": {{"TestBoundsAreDocumented", documents}},
}

const (
	measures  = "measures memory"
	sources   = "reads the sources"
	documents = "reads the documents"
	builds    = "builds its server"
	crowd     = "a crowd"
)

// omitted is a test that is left out.
type omitted struct{ test, why string }

// tooSlow is left out on arm/v7 alone.
var tooSlow = omitted{"TestCheckRequest", "on arm/v7: a handshake of TLS, without assembly, takes longer there than a check has"}

// leavesOut are the tests of a package that are left out.
func (m machine) leavesOut(name string) []omitted {
	if m.goarch == "arm" && name == "probe" {
		return append(slices.Clip(notThere[name]), tooSlow)
	}
	return notThere[name]
}

// pattern is what -test.skip takes.
func pattern(list []omitted) string {
	var names []string
	for _, o := range list {
		names = append(names, o.test)
	}
	slices.Sort(names)
	return "^(" + strings.Join(names, "|") + ")$"
}
