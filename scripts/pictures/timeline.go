package main

import (
	"strconv"
	"time"

	"drainit/internal/drain"
)

// grace is the grace period of the plans that are drawn.
const grace = 30 * time.Second

// Instants that no plan has: an example's.
const (
	routesLag = 3 * time.Second // routes still lead here until then
	finishes  = 3 * time.Second // from the stop signal to the program's exit
)

// left is where a timeline begins, right where its grace period ends.
const (
	left  = 20
	right = width - 20
)

// at is where an instant is.
func at(d time.Duration) int { return left + int(int64(right-left)*int64(d)/int64(grace)) }

// span is a bar of a timeline with a word on it.
type span struct {
	from, to time.Duration
	class    string
	on       string
}

// timeline is a picture of rows over one axis.
type timeline struct {
	canvas
	marks []time.Duration // instants that the axis names
	y     int             // where the last row ended
}

const barHeight = 34

// row draws a heading, below it spans, and words behind the last one, if any.
func (t *timeline) row(head, behind string, spans ...span) {
	t.y += 42
	t.text(left, t.y, "head", head)
	t.y += 10
	for _, d := range t.marks {
		t.line(at(d), t.y-4, at(d), t.y+barHeight+4, "grid")
	}
	for _, s := range spans {
		t.bar(at(s.from), t.y, at(s.to)-at(s.from), barHeight, s.class)
		if s.on != "" {
			t.text(at(s.from)+6, t.y+24, "", s.on)
		}
	}
	if behind != "" {
		t.text(at(t.clear(spans[len(spans)-1].to))+8, t.y+24, "", behind)
	}
	t.y += barHeight
}

// clear is the instant, or a mark soon after it, which words would cross.
func (t *timeline) clear(d time.Duration) time.Duration {
	for _, mark := range t.marks {
		if mark > d && mark-d <= 2*time.Second {
			return mark
		}
	}
	return d
}

// axis draws it, with the instants' seconds below, and lines of text under it.
func (t *timeline) axis(below ...string) {
	t.y += 16
	t.line(left, t.y, right, t.y, "axis")
	for _, d := range t.marks {
		class, text := "middle", strconv.Itoa(int(d.Seconds()))
		switch d {
		case 0:
			class, text = "", text+" s"
		case grace:
			class = "end"
		}
		t.line(at(d), t.y, at(d), t.y+6, "axis")
		t.text(at(d), t.y+28, class, text)
	}
	t.y += 36
	for _, text := range below {
		t.y += 28
		t.text(left, t.y, "", text)
	}
	t.y += 20
}

// stopPicture is a stop without drainit and with it.
func stopPicture() string {
	plan, _ := drain.Settings{GracePeriod: grace}.Plan()
	stop, fast, exit := plan.Delay, plan.Next[0].At, plan.Delay+finishes
	t := &timeline{y: 34, marks: []time.Duration{0, stop, fast, plan.Deadline, plan.GracePeriod}}
	t.text(left, t.y, "head", "The platform stops a container at 0 s")
	t.row("Routes", "new requests still arrive", span{0, routesLag, "serves", ""})
	t.row("Without drainit, a server that exits at once", "requests are refused", span{0, routesLag, "lost", ""})
	t.row("With drainit: readiness fails at 0 s, the stop signal is held", "finishes what is in flight, and exits",
		span{0, stop, "serves", "serves"},
		span{stop, exit, "drains", ""})
	t.row("If the program does not exit", "",
		span{0, stop, "serves", "hold"},
		span{stop, fast, "drains", "time to finish"},
		span{fast, plan.Deadline, "lost", ""},
		span{plan.Deadline, plan.GracePeriod, "waits", ""})
	t.axis(seconds(stop)+": the stop signal. "+seconds(fast)+": the fast signal, if the program has one.",
		seconds(plan.Deadline)+": SIGKILL by drainit. "+seconds(plan.GracePeriod)+": SIGKILL by the platform.")
	return t.picture("A stop, without drainit and with it", t.y)
}

// orderPicture is an app and its proxy that are signalled at the same moment.
func orderPicture() string {
	pod := drain.Settings{GracePeriod: grace, Order: []string{"app", "proxy"}}
	app, _ := pod.At("app").Plan()
	proxy, _ := pod.At("proxy").Plan()
	exit := app.Delay + finishes
	t := &timeline{y: 34, marks: []time.Duration{0, app.Delay, exit, app.Deadline, proxy.Deadline, grace}}
	t.text(left, t.y, "head", "An app and its proxy get SIGTERM at 0 s")
	t.row("App", "finishes, and exits",
		span{0, app.Delay, "serves", "serves"},
		span{app.Delay, exit, "drains", ""})
	t.row("Proxy", "finishes, and exits",
		span{0, exit, "serves", "serves the app"},
		span{exit, exit + finishes, "drains", ""})
	t.axis(seconds(app.Delay)+": the app's stop signal. "+seconds(exit)+": the app has exited, the proxy's stop signal,",
		"which comes at "+seconds(proxy.Latest())+" at the latest. SIGKILL: app "+seconds(app.Deadline)+", proxy "+seconds(proxy.Deadline)+".")
	return t.picture("An app and its proxy, stopped in order", t.y)
}

// seconds writes an instant as the pictures do.
func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + " s" }
