package supervisor

import (
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"drainit/internal/config"
	"drainit/internal/ctl"
	"drainit/internal/drain"
	"drainit/internal/logging"
	"drainit/internal/peers"
	"drainit/internal/pod"
	"drainit/internal/probe"
)

// /drain and ctl plan say the same of one plan: the stop signal at the latest
// instant it may have, and readiness red no later.
func TestTimelineAgreesWithCtlPlan(t *testing.T) {
	t0 := time.Unix(1000, 0)
	for name, s := range map[string]drain.Settings{
		"delay":          {GracePeriod: time.Minute, Delay: 3 * time.Second, DelayGiven: true},
		"range":          {GracePeriod: time.Minute, Delay: time.Second, DelayMax: 15 * time.Second, DelayGiven: true},
		"idle":           {GracePeriod: time.Minute, Until: drain.UntilIdle},
		"range and idle": {GracePeriod: time.Minute, DelayMax: 15 * time.Second, DelayGiven: true, Until: drain.UntilIdle, UnreadyWithStop: true},
	} {
		plan, problems := s.Plan()
		if len(problems) > 0 {
			t.Fatalf("%s: %v", name, problems)
		}
		text := ctl.PlanText(config.Config{Plan: plan})
		begun := drain.New(plan)
		begun.Step(t0, drain.StopRequest{Signal: 15})
		for when, rec := range map[string]drain.Record{"before the stop request": {}, "after it": begun.Record()} {
			stop := eventOf(timeline(plan, rec, nil), "stop_signal")
			if got := time.Duration(stop.After); got != plan.Latest() || !strings.Contains(text, config.Short(got)+"  stop signal") {
				t.Errorf("%s, %s: stop signal after %v, want as here:\n%s", name, when, got, text)
			}
			unready := eventOf(timeline(plan, rec, nil), "unready")
			if got := time.Duration(unready.After); !strings.Contains(text, config.Short(got)+"  readiness red") {
				t.Errorf("%s, %s: readiness red after %v, want as here:\n%s", name, when, got, text)
			}
			if !rec.T0.IsZero() && !stop.At.Equal(t0.Add(plan.Latest())) {
				t.Errorf("%s: stop signal at %v, want %v after %v", name, stop.At, plan.Latest(), t0)
			}
		}
	}
}

func eventOf(timeline []probe.Event, name string) probe.Event {
	for _, e := range timeline {
		if e.Event == name {
			return e
		}
	}
	return probe.Event{}
}

// Asked all the time, through a stop that takes every turn: for -race.
func TestStatusThroughStop(t *testing.T) {
	t.Parallel()
	settings := drain.Settings{Deadline: time.Second, Order: []string{"app", "proxy"}, Name: "proxy"}
	b := acting(t, settings, []config.Action{}, []config.Action{{Text: "SIGUSR1", Signal: syscall.SIGUSR1}})
	b.cfg.AtDrain = []config.Action{b.takes(10*time.Millisecond, "slow", nil)}
	b.cfg.ExitWith = []string{"job"}
	b.actions = newActions(b.cfg)
	b.view.evidence.Look = func() drain.Observed {
		return drain.Observed{Known: true, Connections: drain.Connections{InFlight: 1}}
	}
	news := make(chan peers.News)
	b.peers.News = news
	ask := b.statusOf(probe.Identity{}, logging.NewWriter(2, ""))
	var asking sync.WaitGroup
	defer asking.Wait()
	for range 2 {
		asking.Go(func() {
			for {
				select {
				case <-b.done:
					return
				default:
					_ = ask()
				}
			}
		})
	}
	go func() {
		b.status = b.run()
		close(b.done)
	}()
	b.signals <- syscall.SIGHUP
	b.signals <- syscall.SIGTERM
	for _, n := range []peers.News{
		{Of: peers.Before, Event: pod.Seen{Name: "app", State: "stopping"}},
		{Of: peers.ExitWith, Event: pod.Seen{Name: "job", Gone: true, Believed: true, Exited: true, Status: 4}},
		{Of: peers.Before, Event: pod.Seen{Name: "app", Gone: true}},
	} {
		time.Sleep(50 * time.Millisecond)
		news <- n
	}
	<-b.done // nothing ends the child
	if b.status != 4 {
		t.Errorf("left with %d, want the peer's 4; log:\n%s", b.status, b.log)
	}
}
