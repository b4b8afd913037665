package rules

import (
	"fmt"
	"time"
)

// livenessChecks are those of rule 4: alive and ready are different questions.
func livenessChecks() []*Check {
	return []*Check{
		{ID: "one-probe-for-both", Rule: 4, Level: Warning, Says: "liveness asks what readiness asks, and is not slower",
			Source: probesPage,
			Others: [3]string{"", "pod-probes", ""}, pod: oneProbe},
		{ID: "liveness-quicker", Rule: 4, Level: Note, Says: "liveness is quicker than readiness", Source: probesPage,
			pod: livenessQuicker},
		{ID: "liveness-once", Rule: 4, Level: Warning, Says: "one failure of liveness restarts", Source: drainitReadiness,
			pod: livenessOnce},
		{ID: "liveness-before-start", Rule: 4, Level: Error, Says: "liveness gives up before readiness is first asked",
			Source: Source{probesPage.Title, probesPage.URL + "#define-startup-probes"}, pod: livenessBeforeStart},
		{ID: "liveness-asks-readyz", Rule: 4, Level: Error, Says: "liveness asks drainit's /readyz",
			Source: drainitReadiness, pod: livenessAsksReadyz},
	}
}

// both calls for each container with both probes, unless drainit's endpoints are mixed up, which another check says.
func both(p *pod, f func(c *container, live, ready probe)) {
	for _, c := range p.containers {
		if c.LivenessProbe != nil && c.ReadinessProbe != nil && !c.asksDrainit(c.LivenessProbe, "/readyz") &&
			!c.asksDrainit(c.ReadinessProbe, "/livez") {
			f(c, newProbe(c.LivenessProbe), newProbe(c.ReadinessProbe))
		}
	}
}

func oneProbe(p *pod, report func(Finding)) {
	both(p, func(c *container, live, ready probe) {
		if c.asks(c.LivenessProbe) != c.asks(c.ReadinessProbe) || live.fails() > ready.fails() {
			return
		}
		report(Finding{
			Container: c.Name, path: c.at("livenessProbe"),
			Wrong: fmt.Sprintf("Liveness and readiness ask the same (%s), and liveness gives up after %s, readiness after %s.",
				c.asks(c.LivenessProbe), live.sum(), ready.sum()),
			Cost: fmt.Sprintf("A pod that only cannot answer now (busy, waiting for a database) is killed instead of left "+
				"out: what it has in flight is cut, and the others get its %s in each second of its start, and may follow.",
				p.requests(time.Second)),
			Write: fmt.Sprintf("Give liveness a question without dependencies, or at least failureThreshold: %d, twice as "+
				"long as readiness.", slower(live, ready)),
		})
	})
}

// slower is the threshold with which liveness takes twice as long as readiness.
func slower(live, ready probe) int64 {
	return int64((2*ready.fails() + live.period - 1) / live.period)
}

func livenessQuicker(p *pod, report func(Finding)) {
	both(p, func(c *container, live, ready probe) {
		if c.asks(c.LivenessProbe) == c.asks(c.ReadinessProbe) || live.fails() >= ready.fails() {
			return
		}
		report(Finding{
			Container: c.Name, path: c.at("livenessProbe"),
			Wrong: fmt.Sprintf("Liveness gives up after %s, readiness only after %s.", live.sum(), ready.sum()),
			Cost: fmt.Sprintf("A pod that hangs is restarted while requests still come to it: %s until then, and all of "+
				"them are cut.", p.requests(live.fails())),
			Write: fmt.Sprintf("Let readiness be the first: failureThreshold: %d for liveness, or a shorter period for "+
				"readiness.", slower(live, ready)),
		})
	})
}

func livenessOnce(p *pod, report func(Finding)) {
	for _, c := range p.containers {
		if c.LivenessProbe == nil || c.LivenessProbe.FailureThreshold != 1 || p.runsOnce() {
			continue
		}
		report(Finding{
			Container: c.Name, path: c.at("livenessProbe.failureThreshold"),
			Wrong: fmt.Sprintf("failureThreshold of liveness is 1: one answer that takes longer than %s restarts the "+
				"container.", say(max(seconds(c.LivenessProbe.TimeoutSeconds), time.Second))),
			Cost: fmt.Sprintf("A pause of the collector or a busy node is enough: what is in flight is cut, and the others "+
				"get its %s in each second of the new start.", p.requests(time.Second)),
			Write: "Set failureThreshold: 3 or more; that is the default.",
		})
	}
}

func livenessBeforeStart(p *pod, report func(Finding)) {
	both(p, func(c *container, live, ready probe) {
		gone := live.delay + live.period*(live.failures-1)
		if c.StartupProbe != nil || ready.delay == 0 || gone >= ready.delay {
			return
		}
		report(Finding{
			Container: c.Name, path: c.at("livenessProbe"),
			Wrong: fmt.Sprintf("Liveness has failed for good %s after the start (%s and %d failures, %s apart), and "+
				"readiness is first asked after %s.",
				say(gone), say(live.delay), live.failures, say(live.period), say(ready.delay)),
			Cost: "A program that needs as long as readiness allows for is killed before it is ready, again and again: the " +
				"rollout stops there, and so does a node's recovery.",
			Write: fmt.Sprintf("Write a startupProbe with liveness' question, periodSeconds: 5 and failureThreshold: %d.",
				int64((2*ready.delay)/(5*time.Second))+1),
		})
	})
}

func livenessAsksReadyz(p *pod, report func(Finding)) {
	for _, c := range p.containers {
		if !c.asksDrainit(c.LivenessProbe, "/readyz") {
			continue
		}
		live := newProbe(c.LivenessProbe)
		report(Finding{
			Container: c.Name, path: c.at("livenessProbe.httpGet.path"),
			Wrong: "The liveness probe asks drainit's /readyz, which fails until the program listens, whenever it cannot " +
				"answer, and from the stop request on.",
			Cost: fmt.Sprintf("A start that takes longer than %s is killed, and so is a pod whose database is away: what it "+
				"has in flight is cut.", say(live.delay+live.fails())),
			Write: "Ask /livez.",
		})
	}
}
