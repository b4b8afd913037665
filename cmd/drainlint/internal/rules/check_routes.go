package rules

import (
	"fmt"
	"regexp"
	"time"
)

// routeChecks are those of rule 5: routes go first, then the program.
func routeChecks() []*Check {
	return []*Check{
		{ID: "no-hold", Rule: 5, Level: Warning, Says: "nothing holds the stop while routes go", Source: podTermination,
			pod: noHold},
		{ID: "hook-stops-first", Rule: 5, Level: Warning, Says: "a preStop hook that ends the program before the routes " +
			"have gone",
			Source: endpointsPage, pod: hookStopsFirst},
		{ID: "two-holds", Rule: 5, Level: Warning, Says: "a preStop sleep and drainit's hold", Source: drainitHooks,
			pod: twoHolds},
		{ID: "hold-too-short", Rule: 5, Level: Note, Says: "a hold shorter than the router's lag", Source: drainitLags,
			pod: holdTooShort},
		{ID: "unready-too-early", Rule: 5, Level: Warning, Says: "the last ready pod fails readiness in its hold",
			Source: drainitUnready, pod: unreadyTooEarly},
	}
}

// lag is how long kube-proxy is reckoned to send to a pod that stops, at usual load (docs/concepts.md).
const lag = time.Second

func noHold(p *pod, report func(Finding)) {
	for _, c := range p.answering() {
		if c.hook.set || c.drainit != nil || c.lostDrainit() || p.holdsItself(c) != "" {
			continue
		}
		late, by := lag, "a second or so with kube-proxy"
		if r := p.slowRouter(); r != nil {
			late, by = r.wait, "for "+r.name+" "+r.lag
		}
		f := Finding{
			Container: c.Name, path: c.path,
			Wrong: "It has no preStop hook, and nothing in the manifest holds its stop signal, which comes at the same " +
				"moment as the routes begin to go.",
			Cost: fmt.Sprintf("Unless the program itself holds, each pod that stops refuses what still comes until its "+
				"routes have gone (%s): %s in each stop.",
				by, p.requests(late)),
			Write: fmt.Sprintf("Write lifecycle: {preStop: {sleep: {seconds: %d}}}, within terminationGracePeriodSeconds, or "+
				"run it under drainit, which holds by itself.", max(5, int(late.Seconds()))),
		}
		report(f)
	}
}

// serverQuits are the ways to end a program that surely serves.
var serverQuits = regexp.MustCompile(`^(nginx|apachectl|apache2ctl|httpd)\b`)

func hookStopsFirst(p *pod, report func(Finding)) {
	for _, c := range p.containers {
		if c.hook.quits == "" || !p.answers(c) && !serverQuits.MatchString(c.hook.quits) {
			continue
		}
		write := "Sleep first, as in sleep 5; " + c.hook.quits + ", or delete the hook and let drainit hold and send the " +
			"signal that is graceful for the program."
		report(Finding{
			Container: c.Name, path: c.at(c.hook.field),
			Wrong: fmt.Sprintf("The preStop hook runs %q at once, when the routes have not gone yet.", c.hook.quits),
			Cost: fmt.Sprintf("The program takes no new connections from then on: %s for each second that routes still lead "+
				"to it.", p.requests(time.Second)),
			Write: write,
		})
	}
}

func twoHolds(p *pod, report func(Finding)) {
	for _, c := range p.containers {
		if c.drainit == nil || c.hook.takes == 0 {
			continue
		}
		s, known, wrong := c.drainit.settings()
		plan, _ := s.Plan()
		if !known || len(wrong) > 0 || plan.Longest() == 0 {
			continue
		}
		why := "as " + c.drainit.spelled("drain-delay") + " says"
		if !s.DelayGiven {
			why = "its default"
		}
		report(Finding{
			Container: c.Name, path: c.at(c.hook.field),
			Wrong: fmt.Sprintf("The preStop hook sleeps %s, and then drainit holds for %s more, %s.", say(c.hook.takes),
				say(plan.Longest()), why),
			Cost: fmt.Sprintf("Each stop takes %s longer than one hold does, out of %s, and /readyz stays green for the "+
				"first %s.",
				say(min(c.hook.takes, plan.Longest())), say(p.grace), say(c.hook.takes)),
			Write: fmt.Sprintf("Delete the hook and set DRAINIT_DRAIN_DELAY to %gs; or keep the hook and set "+
				"DRAINIT_DRAIN_DELAY to 0.",
				max(c.hook.takes, plan.Longest()).Seconds()),
		})
	}
}

func holdTooShort(p *pod, report func(Finding)) {
	r := p.slowRouter()
	if r == nil {
		return
	}
	for _, c := range p.answering() {
		hold, known := c.held()
		if !known || hold == 0 || hold >= r.wait {
			continue
		}
		margin := max(p.grace-hold, 10*time.Second)
		report(Finding{
			Container: c.Name, path: c.path,
			Wrong: fmt.Sprintf("The stop is held for %s, and requests come by %s (%s), of whose lag %s.", say(hold), r.name,
				r.by, r.lag),
			Cost: fmt.Sprintf("What comes after the hold is refused: at a lag of %s %s in each stop.",
				say(r.wait), p.requests(r.wait-hold)),
			Write: fmt.Sprintf("Measure the lag; until then hold for %s and set terminationGracePeriodSeconds: %.0f, with "+
				"drainit in both places.",
				say(r.wait), (r.wait + margin).Seconds()),
		})
	}
}

// held returns how long a container's stop is held, and whether that is known.
func (c *container) held() (d time.Duration, known bool) {
	if c.hook.set && !c.hook.whole {
		return 0, false
	}
	d = c.hook.takes
	if c.drainit == nil {
		return d, true
	}
	s, known, wrong := c.drainit.settings()
	p, _ := s.Plan()
	return d + p.Longest(), known && len(wrong) == 0
}

func unreadyTooEarly(p *pod, report func(Finding)) {
	service, field := p.local()
	if service == "" && p.replicas != 1 || !p.served() {
		return
	}
	for _, c := range p.containers {
		if !c.asksDrainit(c.ReadinessProbe, "/readyz") {
			continue
		}
		s, known, wrong := c.drainit.settings()
		plan, _ := s.Plan()
		red := plan.UnreadyAfter + newProbe(c.ReadinessProbe).fails()
		if !known || len(wrong) > 0 || s.UnreadyWithStop || red >= plan.Longest() {
			continue
		}
		ready := newProbe(c.ReadinessProbe).apart()
		f := Finding{
			Container: c.Name, path: c.at("readinessProbe"),
			Wrong: fmt.Sprintf("Readiness fails %s after the stop request (%s), in a hold of %s, and there is one pod only.",
				say(red), ready, say(plan.Longest())),
			Cost: fmt.Sprintf("Kubernetes sends to the last pod only while that is ready: from then on requests are refused "+
				"that the hold was for, %s.",
				p.requests(plan.Longest()-red)),
			Write: "Set DRAINIT_UNREADY_AFTER=stop, which keeps /readyz green until the stop signal is sent.",
		}
		if service != "" {
			f.Wrong = fmt.Sprintf("Readiness fails %s after the stop request (%s), in a hold of %s, and Service %s has %s: "+
				"Local.",
				say(red), ready, say(plan.Longest()), service, field)
			f.Cost = fmt.Sprintf("A node whose last pod stops keeps getting requests until the balancer notices, and drops "+
				"them once that pod is unready: %s.",
				p.requests(plan.Longest()-red))
		}
		report(f)
	}
}
