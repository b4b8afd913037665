package main

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"drainit/scripts/propagation"
)

// few is the least that is told from none: of 200 stops one lost a request or two.
const few = 0.01

// decades is where a number of lost requests is, from few to 10000.
func decades(v float64) float64 {
	return math.Log10(max(v, few)/few) / math.Log10(10000/few)
}

var (
	lostMarks = []float64{few, 0.1, 1, 10, 100, 1000, 10000}
	lostWords = []string{"none", "0.1", "1", "10", "100", "1000", "10000"}
)

var policyNames = []struct {
	policy propagation.Policy
	class  string
}{{propagation.Fixed, "fixed"}, {propagation.Front, "front"}, {propagation.Range, "range"}}

// scenario is routers of which the policies are drawn.
type scenario struct {
	head    string
	routers propagation.Routers
	most    int // seconds of a hold
	step    int
	told    []int // seconds of which the document has a row
}

var (
	watching = scenario{"Routers that watch, on 100 nodes, 1 node in 1000 in trouble", propagation.Watch(100), 32, 1, []int{0, 2, 5, 10, 30}}
	polling  = scenario{"Routers that poll, on 100 nodes", propagation.Poll(100), 80, 8, []int{0, 24, 40, 64, 80}}
	measured = scenario{"One router that follows after 7.3 to 8.0 s, and what was measured", propagation.One(7.3, 8.0), 16, 1, []int{0, 5, 8, 12, 16}}
)

// numbers are the holds that are tried.
func (s scenario) numbers() []time.Duration {
	var ds []time.Duration
	for d := 0; d <= s.most; d += s.step {
		ds = append(ds, time.Duration(d)*time.Second)
	}
	return ds
}

// simulated is a scenario with its curves.
type simulated struct {
	scenario
	curves [3][]propagation.Point // by policy
}

func (s scenario) simulate() simulated {
	all := simulated{scenario: s}
	for _, p := range policyNames {
		all.curves[p.policy] = propagation.Curve(s.routers, p.policy, s.numbers())
	}
	return all
}

const chartHeight = 250

// propagationPicture draws what is lost by what is paid.
func propagationPicture(all []simulated, dots []measurement) string {
	c := &canvas{}
	c.text(left, 34, "head", "Requests lost in a stop, by the seconds its hold takes")
	c.text(left, 64, "", fmt.Sprintf("%d requests a second come to the instance, each takes 0.5 s;", propagation.Rate))
	c.text(left, 90, "", "the server exits at once on its stop signal.")
	c.legend(126, [2]string{"fixed", "fixed hold"}, [2]string{"front", "fixed, --front"}, [2]string{"range", "range from 1 s"})
	y := 140
	for i, s := range all {
		y += 38
		c.text(left, y, "head", s.head)
		ch := chart{c, y + 20, chartHeight, float64(s.most), decades}
		ch.frame(float64(s.most)/8, lostMarks, lostWords)
		for _, p := range policyNames {
			var points [][2]float64
			for _, at := range s.curves[p.policy] {
				points = append(points, [2]float64{at.Paid, at.Lost})
			}
			ch.curve(p.class, points)
		}
		if i == len(all)-1 {
			for _, d := range dots {
				ch.dot(d.class, d.paid, d.lost)
			}
		}
		y += 20 + chartHeight + 36
	}
	c.text(left, y+24, "", "Dots: rollouts on Swarm behind HAProxy and of make demo-full.")
	return c.picture("Requests lost in a stop by the seconds its hold takes, simulated and measured", y+44)
}

var nodeCounts = []int{10, 100, 1000, 10000}

// nodesPicture draws after which hold nothing comes any more, by the number of nodes.
func nodesPicture(clean [][]float64) string {
	const most = 80
	c := &canvas{}
	c.text(left, 34, "head", "Stops that lose nothing, by the hold and the number of nodes")
	c.text(left, 64, "", fmt.Sprintf("Routers that watch; %d requests a second, from all nodes together;", propagation.Rate))
	c.text(left, 90, "", "a server that drains. 1 node in 1000 is in trouble.")
	var names [][2]string
	for i, n := range nodeCounts {
		names = append(names, [2]string{nodeClasses[i], strconv.Itoa(n)})
	}
	c.legend(126, names...)
	ch := chart{c, 150, 300, most, func(v float64) float64 { return v }}
	ch.frame(10, []float64{0, 0.25, 0.5, 0.75, 1}, []string{"0 %", "25 %", "50 %", "75 %", "100 %"})
	for i := range nodeCounts {
		var points [][2]float64
		for hold, share := range clean[i] {
			points = append(points, [2]float64{float64(hold), share})
		}
		ch.curve(nodeClasses[i], points)
	}
	return c.picture("Share of stops that lose nothing, by the hold and the number of nodes, simulated", 500)
}

var nodeClasses = []string{"fixed", "front", "range", "fourth"}

// nodesClean simulates it for each number of nodes.
func nodesClean() [][]float64 {
	var clean [][]float64
	for _, n := range nodeCounts {
		clean = append(clean, propagation.Clean(propagation.Watch(n), 80))
	}
	return clean
}
