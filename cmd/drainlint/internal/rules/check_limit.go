package rules

import (
	"fmt"
	"strings"
	"time"
)

// limitChecks are those of rule 7: the platform's limit is never reached.
func limitChecks() []*Check {
	return []*Check{
		{ID: "prestop-outlasts-grace", Rule: 7, Level: Error, Says: "a preStop hook that outlasts the grace period",
			Source: podTermination, pod: hookOutlasts},
		{ID: "prestop-leaves-little", Rule: 7, Level: Warning, Says: "a preStop hook that leaves less than 5 s",
			Source: hooksPage, pod: hookLeavesLittle},
		{ID: "grace-too-short", Rule: 7, Level: Error, Says: "a grace period of 0 or 1 s", Source: gracePeriod,
			pod: graceTooShort},
		{ID: "drainit-grace-differs", Rule: 7, Level: Error, Says: "DRAINIT_GRACE_PERIOD beyond the manifest's",
			Source: drainitNumbers, pod: graceDiffers},
		{ID: "drainit-grace-unused", Rule: 7, Level: Note, Says: "DRAINIT_GRACE_PERIOD far below the manifest's",
			Source: drainitNumbers, pod: graceUnused},
		{ID: "drainit-grace-missing", Rule: 7, Level: Warning, Says: "drainit without a grace period",
			Source: drainitNumbers, pod: graceMissing},
		{ID: "drainit-refuses", Rule: 7, Level: Error, Says: "settings that drainit refuses", Source: drainitSettings,
			pod: drainitRefuses},
	}
}

// lastWord is what a container gets after a hook that took the whole grace period.
const lastWord = 2 * time.Second

func hookOutlasts(p *pod, report func(Finding)) {
	for _, c := range p.containers {
		if c.hook.takes == 0 || c.hook.takes < p.grace || p.grace == 0 {
			continue
		}
		relation := fmt.Sprintf("and terminationGracePeriodSeconds is %.0f%s.", p.grace.Seconds(), p.ofDefault())
		f := Finding{
			Container: c.Name, path: c.at(c.hook.field),
			Wrong: fmt.Sprintf("The preStop hook sleeps %s, %s", say(c.hook.takes), relation),
			Cost: fmt.Sprintf("The program gets SIGTERM after %s and SIGKILL %s later: requests that need more than those %s "+
				"are cut, %s come in that time, and every stop takes %s.",
				say(p.grace), say(lastWord), say(lastWord), p.requests(lastWord), say(p.grace+lastWord)),
			Write: fmt.Sprintf("Sleep as long as routes lag, mostly 5 s, or set terminationGracePeriodSeconds: %.0f, the "+
				"hook and 30 s; under drainit no hook is needed.",
				(c.hook.takes + defaultGrace).Seconds()),
		}
		if c.hook.native && c.hook.takes > p.grace {
			f.Cost = "The API server refuses that: a sleep may not be longer than the grace period. Nothing is rolled out."
		}
		report(f)
	}
}

func (p *pod) ofDefault() string {
	if p.Template.Spec.TerminationGracePeriodSeconds == nil {
		return ", the default"
	}
	return ""
}

// little is less than what most requests and connections need to end.
const little = 5 * time.Second

func hookLeavesLittle(p *pod, report func(Finding)) {
	for _, c := range p.containers {
		left := p.grace - c.hook.takes
		if c.hook.takes == 0 || left <= 0 || left >= little || c.drainit != nil {
			continue
		}
		report(Finding{
			Container: c.Name, path: c.at(c.hook.field),
			Wrong: fmt.Sprintf("The preStop hook sleeps %s of the %s that terminationGracePeriodSeconds allows%s.",
				say(c.hook.takes), say(p.grace), p.ofDefault()),
			Cost: fmt.Sprintf("From SIGTERM to SIGKILL the program has %s: requests that need longer are cut, of those that "+
				"come in its last second %s.",
				say(left), p.requests(time.Second)),
			Write: fmt.Sprintf("Set terminationGracePeriodSeconds: %.0f, the hook and the longest request and some; or sleep "+
				"less.", (c.hook.takes + defaultGrace).Seconds()),
		})
	}
}

func graceTooShort(p *pod, report func(Finding)) {
	if p.grace > time.Second || !p.served() {
		return
	}
	report(Finding{
		path:  p.at("terminationGracePeriodSeconds"),
		Wrong: fmt.Sprintf("terminationGracePeriodSeconds is %.0f.", p.grace.Seconds()),
		Cost: fmt.Sprintf("The kubelet kills at once: no hook runs to its end, no request does, and what routes still "+
			"send is refused: %s for each second.",
			p.requests(time.Second)),
		Write: "Leave it out, which is 30, or set the hold and the longest request and 2 s.",
	})
}

// budget returns what the manifest leaves to drainit: the grace period less the hook's time.
func (p *pod) leaves(c *container) (d time.Duration, of string) {
	of = fmt.Sprintf("terminationGracePeriodSeconds is %.0f%s", p.grace.Seconds(), p.ofDefault())
	if c.hook.takes > 0 {
		of += fmt.Sprintf(", of which the preStop hook takes %s", say(c.hook.takes))
	}
	return p.grace - c.hook.takes, of
}

// told calls for each drainit of which the grace period is known, and given.
func told(p *pod, f func(c *container, grace, left time.Duration, of string)) {
	for _, c := range p.containers {
		if c.drainit == nil {
			continue
		}
		value, known := c.drainit.get("grace-period")
		grace, err := duration(value)
		if !known || value == "" || err != nil {
			continue
		}
		left, of := p.leaves(c)
		if left > 0 {
			f(c, grace, left, of)
		}
	}
}

func graceDiffers(p *pod, report func(Finding)) {
	told(p, func(c *container, grace, left time.Duration, of string) {
		if grace <= left {
			return
		}
		report(Finding{
			Container: c.Name, path: c.field("grace-period"),
			Wrong: fmt.Sprintf("%s is %s, and %s.", c.drainit.spelled("grace-period"), say(grace), of),
			Cost: fmt.Sprintf("The kubelet kills %s before drainit's own deadline: what is in flight then is cut without a "+
				"fast signal and without a report, and --drain-until waits too long.",
				say(grace-left)),
			Write: fmt.Sprintf("Set %s to %gs, or terminationGracePeriodSeconds: %.0f.", c.drainit.spelled("grace-period"),
				left.Seconds(), (p.grace + grace - left).Seconds()),
		})
	})
}

func graceUnused(p *pod, report func(Finding)) {
	told(p, func(c *container, grace, left time.Duration, of string) {
		if len(p.sidecars) > 0 || left-grace <= 5*time.Second {
			return
		}
		report(Finding{
			Container: c.Name, path: c.field("grace-period"),
			Wrong: fmt.Sprintf("%s is %s, and %s.", c.drainit.spelled("grace-period"), say(grace), of),
			Cost: fmt.Sprintf("drainit kills %s before it would have to: requests that need that time are cut.",
				say(left-grace)),
			Write: fmt.Sprintf("Set %s to %gs.", c.drainit.spelled("grace-period"), left.Seconds()),
		})
	})
}

func graceMissing(p *pod, report func(Finding)) {
	for _, c := range p.containers {
		if c.drainit == nil {
			continue
		}
		grace, known := c.drainit.get("grace-period")
		deadline, knownToo := c.drainit.get("deadline")
		if !known || !knownToo || grace != "" && grace != "unset" || deadline != "" && deadline != "auto" {
			continue
		}
		left, _ := p.leaves(c)
		report(Finding{
			Container: c.Name, path: c.path,
			Wrong: "drainit is not told the grace period, which it cannot see.",
			Cost: fmt.Sprintf("It has no deadline: a program that hangs in its stop is killed by the kubelet after %s, "+
				"without a fast signal before and without a report.", say(p.grace)),
			Write: fmt.Sprintf(`Set DRAINIT_GRACE_PERIOD to "%gs", terminationGracePeriodSeconds less a preStop hook.`,
				max(left, time.Second).Seconds()),
		})
	}
}

func drainitRefuses(p *pod, report func(Finding)) {
	for _, c := range p.containers {
		if c.drainit == nil {
			continue
		}
		s, known, wrong := c.drainit.settings()
		left, of := p.leaves(c)
		_, misfits := s.Plan()
		for _, m := range misfits {
			if known {
				value, _ := c.drainit.get(m.Setting)
				wrong = append(wrong, fmt.Sprintf("%s is %q: %s", c.drainit.spelled(m.Setting), value, m.Wrong))
			}
		}
		if len(wrong) > 0 {
			f := Finding{
				Container: c.Name, path: c.field("drain-delay"),
				Wrong: strings.Join(wrong, "; and ") + ".",
				Cost: "drainit exits with 125 before it starts the program: the new pod never becomes ready, and a rollout " +
					"stops at it.",
				Write: "Correct the value as said; drainit ctl plan shows the timeline that follows from the settings.",
			}
			if len(misfits) > 0 {
				f.path, f.Write = c.field(misfits[0].Setting), upper(misfits[0].Remedy)+"."
			}
			report(f)
			continue
		}
		if !known || s.GracePeriod != 0 || left <= 0 {
			continue
		}
		s.GracePeriod = left
		if _, misfits = s.Plan(); len(misfits) > 0 { // it starts, but with what the platform allows it would not
			m := misfits[0]
			value, _ := c.drainit.get(m.Setting)
			report(Finding{
				Container: c.Name, path: c.field(m.Setting),
				Wrong: fmt.Sprintf("%s is %q, and %s: %s.", c.drainit.spelled(m.Setting), value, of, m.Wrong),
				Cost:  "The kubelet kills before, or soon after, the program gets its stop signal, and cuts what is in flight.",
				Write: upper(m.Remedy) + ".",
			})
		}
	}
}

func upper(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
