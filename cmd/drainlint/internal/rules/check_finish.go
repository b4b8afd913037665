package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// finishChecks are those of rule 6: what has begun is finished.
func finishChecks() []*Check {
	return []*Check{
		{ID: "shell-between", Rule: 6, Level: Warning, Says: "a shell gets the stop signal, not the program",
			Source: shellForm, pod: shellBetweenThem},
		{ID: "drainit-under-shell", Rule: 6, Level: Error, Says: "a shell gets the stop signal, not drainit",
			Source: drainitSignals, pod: drainitUnderShell},
		{ID: "drainit-not-run", Rule: 6, Level: Error, Says: "drainit's variables, and a command: without drainit",
			Source: drainitImages, pod: drainitNotRun},
		{ID: "sidecar-order", Rule: 6, Level: Warning, Says: "a proxy that is stopped together with its app",
			Source: sidecarsPage, pod: sidecarOrder},
		{ID: "job-never-ends", Rule: 6, Level: Error, Says: "a Job with a proxy that does not end with it",
			Source: sidecarsPage, pod: jobNeverEnds},
		{ID: "stop-order", Rule: 6, Level: Error, Says: "drainit's stop order and names that do not fit",
			Source: drainitOrder, pod: stopOrder},
	}
}

func shellBetweenThem(p *pod, report func(Finding)) {
	for _, c := range p.containers {
		between := shellBetween(c.Container)
		if between == nil || p.runsOnce() || c.drainit != nil {
			continue
		}
		which := "does not pass it on"
		if between.direct {
			which = "does not pass it on where it is dash, as on Debian and Ubuntu (bash and busybox take the command's place)"
		}
		write := fmt.Sprintf("Write exec %s, or the command without a shell, or drainit before the shell: it finds the "+
			"program behind it.", between.last)
		path := c.at("command")
		if len(c.Command) == 0 {
			path = c.at("args")
		}
		report(Finding{
			Container: c.Name, path: path,
			Wrong: fmt.Sprintf("%s -c starts %s and stays: SIGTERM goes to the shell, which %s.", between.shell, between.last,
				which),
			Cost: fmt.Sprintf("The program never hears of a stop: every one takes the whole %s, and ends in SIGKILL, which "+
				"cuts what is in flight; in a second that is %s.",
				say(p.grace), p.requests(time.Second)),
			Write: write,
		})
	}
}

func drainitUnderShell(p *pod, report func(Finding)) {
	for _, c := range p.containers {
		if c.drainit == nil || c.drainit.shell == "" {
			continue
		}
		report(Finding{
			Container: c.Name, path: c.at("command"),
			Wrong: fmt.Sprintf("drainit runs in %s -c without exec, so the stop signal ends at the shell.", c.drainit.shell),
			Cost: fmt.Sprintf("Nothing is held and nothing is drained: every stop takes the whole %s, and ends in SIGKILL.",
				say(p.grace)),
			Write: `Put drainit first: command: ["/drainit", "--", "sh", "-c", "…"]; or write exec before it.`,
		})
	}
}

func drainitNotRun(p *pod, report func(Finding)) {
	for _, c := range p.containers {
		if !c.lostDrainit() {
			continue
		}
		report(Finding{
			Container: c.Name, path: c.at("command"),
			Wrong: fmt.Sprintf("It has DRAINIT_ variables, and command: %q replaces the image's ENTRYPOINT, drainit included.",
				strings.Join(c.Command, " ")),
			Cost: fmt.Sprintf("Nothing holds the stop and nothing answers on port %d: %s for each second that routes lag.",
				defaultProbePort, p.requests(time.Second)),
			Write: fmt.Sprintf(`Write command: ["/drainit", "--", %q…], or use args: for what follows the ENTRYPOINT.`,
				c.Command[0]),
		})
	}
}

// lostDrainit reports whether a container has drainit's variables and a command that surely runs without it. A script
// may run it.
func (c *container) lostDrainit() bool {
	if c.drainit != nil || len(c.Command) == 0 || !c.env.has("DRAINIT_GRACE_PERIOD") && !c.env.has("DRAINIT_DRAIN_DELAY") {
		return false
	}
	return !strings.Contains(strings.Join(commandOf(c.Container), " "), ".sh")
}

func sidecarOrder(p *pod, report func(Finding)) {
	if p.runsOnce() || len(p.containers) < 2 {
		return
	}
	for _, c := range p.containers {
		h := helperOf(c)
		if h == nil || c.hook.set || p.ordered(c) || p.holdsItself(c) != "" {
			continue
		}
		var others []string
		for _, other := range p.containers {
			if helperOf(other) == nil {
				others = append(others, other.Name)
			}
		}
		if len(others) == 0 {
			continue
		}
		cost := fmt.Sprintf("What %s has in flight loses its connection in the middle, however gracefully it stops: what "+
			"came in the last second alone is %s.", list(others), p.requests(time.Second))
		if h.routes {
			cost = fmt.Sprintf("Requests that come through it, and those that %s makes by it, break when it exits first: "+
				"what came in the last second alone is %s.", list(others), p.requests(time.Second))
		}
		report(Finding{
			Container: c.Name, path: c.path,
			Wrong: fmt.Sprintf("It is %s, and an ordinary container beside %s: all get SIGTERM at the same moment, in no "+
				"order.", h.what, list(others)),
			Cost: cost,
			Write: fmt.Sprintf("Move it to initContainers with restartPolicy: Always, so that it is stopped last; or run all "+
				"under drainit with DRAINIT_STOP_ORDER=%s,%s.", strings.Join(others, ","), c.Name),
		})
	}
}

// ordered reports whether a container's drainit waits for others, or may, for all that is known.
func (p *pod) ordered(c *container) bool {
	if c.drainit == nil {
		return false
	}
	order, known := c.drainit.get("stop-order")
	return !known || order != "" && order != "none"
}

func jobNeverEnds(p *pod, report func(Finding)) {
	if !p.runsOnce() || len(p.containers) < 2 {
		return
	}
	for _, c := range p.containers {
		h := helperOf(c)
		if h == nil || strings.Contains(strings.Join(commandOf(c.Container), " "), "quitquitquit") {
			continue
		}
		if c.drainit != nil {
			if with, known := c.drainit.get("exit-with"); !known || with != "" && with != "none" {
				continue
			}
		}
		if script, is := shellScript(commandOf(c.Container)); is && strings.ContainsAny(script, "&;") { // which may end it
			continue
		}
		if p.asksToQuit() {
			continue
		}
		report(Finding{
			Container: c.Name, path: c.path,
			Wrong: fmt.Sprintf("It is %s, which never exits by itself, and an ordinary container of a %s.", h.what, p.Kind),
			Cost: "The pod never completes: the Job runs until its deadline, if it has one, then counts as failed, and a " +
				"CronJob that forbids concurrency never runs again.",
			Write: "Move it to initContainers with restartPolicy: Always; or run both under drainit, this one with " +
				"--exit-with and the job's DRAINIT_NAME.",
		})
	}
}

// asksToQuit reports whether a container of the pod tells its proxy to leave, as proxies let themselves be told.
func (p *pod) asksToQuit() bool {
	return slices.ContainsFunc(p.containers, func(c *container) bool {
		text := strings.Join(commandOf(c.Container), " ")
		return strings.Contains(text, "quitquitquit") || strings.Contains(text, "linkerd-await") || strings.Contains(text,
			"pkill")
	})
}

func stopOrder(p *pod, report func(Finding)) {
	names, first := map[string]bool{}, ""
	all := append(slices.Clone(p.containers), p.sidecars...)
	for _, c := range all {
		if c.drainit == nil {
			continue
		}
		name, known := c.drainit.get("name")
		if !known {
			return
		}
		names[name] = true
	}
	for _, c := range all {
		if c.drainit == nil {
			continue
		}
		order, known := c.drainit.get("stop-order")
		if !known || order == "" || order == "none" {
			continue
		}
		name, _ := c.drainit.get("name")
		places := strings.Split(order, ",")
		f := Finding{Container: c.Name, path: c.field("stop-order")}
		var missing []string
		for _, place := range places {
			if !names[place] {
				missing = append(missing, place)
			}
		}
		switch {
		case !slices.Contains(places, name):
			f.Wrong = fmt.Sprintf("%s is %q, and its own DRAINIT_NAME, %q, is not in it.", c.drainit.spelled("stop-order"),
				order, name)
			f.Cost = "drainit refuses that and exits with 125: the container does not start."
			f.Write = "Name the container in the order, or set DRAINIT_STOP_ORDER=none for it."
		case first != "" && order != first:
			f.Wrong = fmt.Sprintf("%s is %q, and another container of the pod has %q.", c.drainit.spelled("stop-order"), order,
				first)
			f.Cost = "Neither waits for the other in a stop, so both end at once and the app's requests are cut."
			f.Write = "Give all the same list, from one ConfigMap."
		case len(missing) > 0 && p.allDrainits():
			f.Wrong = fmt.Sprintf("%s is %q, and no container of the pod has the DRAINIT_NAME %s.",
				c.drainit.spelled("stop-order"), order, list(missing))
			f.Cost = "Who is not there is not waited for: this container stops as if there were no order."
			f.Write = fmt.Sprintf("Set DRAINIT_NAME=%s in the container that is meant.", missing[0])
		}
		if first == "" {
			first = order
		}
		if f.Wrong != "" {
			report(f)
		}
	}
}

// allDrainits reports whether every container is seen to run drainit, so that no name is hidden in an image.
func (p *pod) allDrainits() bool {
	return !slices.ContainsFunc(p.containers, func(c *container) bool { return c.drainit == nil })
}
