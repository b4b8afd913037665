package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// between is an error unless a duration is within bounds.
func between(what string, got, low, high time.Duration) error {
	if got < low || got > high {
		return fmt.Errorf("%s took %v, want %v to %v", what, got.Round(100*time.Millisecond), low, high)
	}
	return nil
}

func has(log string, texts ...string) error {
	for _, text := range texts {
		if !strings.Contains(log, text) {
			return fmt.Errorf("no %q in the log:\n%s", text, log)
		}
	}
	return nil
}

// ignores has the example's server ignore SIGTERM, so that it stays until SIGKILL.
func ignores(pod object) { pod.set(firstContainer+".args", words("-mode", "ignore")) }

// grace is the one number, in both places.
func grace(pod object, seconds int) {
	pod.set("spec.terminationGracePeriodSeconds", seconds)
	pod.env(firstContainer, "DRAINIT_GRACE_PERIOD", fmt.Sprintf("%ds", seconds))
}

// holdsFiveSeconds: with nothing set but the grace period.
func holdsFiveSeconds(ctx context.Context, l *lab) error {
	pod := l.server("hold", nil)
	if err := l.up(ctx, pod); err != nil {
		return err
	}
	end, err := l.stop(ctx, pod)
	if err != nil {
		return err
	}
	return errors.Join(between("the stop", end.took, 5*time.Second, 9*time.Second), has(end.log, "hold=5s", "stop signal sent", "after=5"))
}

// killsTwoSecondsEarly: what does not end gets drainit's SIGKILL at 28 of 30 seconds, and the log says so.
func killsTwoSecondsEarly(ctx context.Context, l *lab) error {
	pod := l.server("deadline", ignores)
	if err := l.up(ctx, pod); err != nil {
		return err
	}
	end, err := l.stop(ctx, pod)
	if err != nil {
		return err
	}
	return errors.Join(between("the stop", end.took, 28*time.Second, 33*time.Second), has(end.log, "deadline hit, SIGKILL sent"))
}

// hookAddsUp: the guide's hook of 10 s and hold of 0.
func hookAddsUp(ctx context.Context, l *lab) error {
	pod := l.server("hook", func(pod object) {
		grace(pod, 30)
		pod.set("spec.terminationGracePeriodSeconds", 40)
		pod.env(firstContainer, "DRAINIT_DRAIN_DELAY", "0")
		pod.set(firstContainer+".lifecycle.preStop.sleep.seconds", 10)
	})
	if err := l.up(ctx, pod); err != nil {
		return err
	}
	end, err := l.stop(ctx, pod)
	if err != nil {
		return err
	}
	return errors.Join(between("the stop", end.took, 10*time.Second, 13500*time.Millisecond), has(end.log, "stop requested"))
}

// readyInAHook: the pod answers /readyz while its hook runs.
func readyInAHook(ctx context.Context, l *lab) error {
	pod := l.server("ready-in-hook", func(pod object) {
		pod.set("spec.terminationGracePeriodSeconds", 40)
		pod.set(firstContainer+".lifecycle.preStop.sleep.seconds", 10)
		pod.set(firstContainer+".readinessProbe.periodSeconds", 1)
		pod.set(firstContainer+".readinessProbe.failureThreshold", 1)
	})
	if err := l.up(ctx, pod); err != nil {
		return err
	}
	defer l.remove(ctx, "pod/"+pod.name())
	if _, err := l.try(ctx, nil, "delete", "pod", pod.name(), "--wait=false"); err != nil {
		return err
	}
	if err := pause(ctx, 6*time.Second); err != nil {
		return err
	}
	return l.readiness(ctx, pod.name(), "True")
}

func (l *lab) readiness(ctx context.Context, pod, want string) error {
	out, err := l.try(ctx, nil, "get", "pod", pod, "-o", `jsonpath={.status.conditions[?(@.type=="Ready")].status}`)
	if err != nil {
		return err
	}
	if out != want {
		return fmt.Errorf("the pod %s has Ready=%s, want %s", pod, out, want)
	}
	return nil
}

// hookThatTakesAllLeavesTwo seconds.
func hookThatTakesAllLeavesTwo(ctx context.Context, l *lab) error {
	pod := l.server("long-hook", func(pod object) {
		ignores(pod)
		pod.set("spec.terminationGracePeriodSeconds", 5)
		pod.set(firstContainer+".lifecycle.preStop.sleep.seconds", 5)
		pod.env(firstContainer, "DRAINIT_GRACE_PERIOD", "5s")
	})
	if err := l.up(ctx, pod); err != nil {
		return err
	}
	end, err := l.stop(ctx, pod)
	if err != nil {
		return err
	}
	return errors.Join(between("the stop", end.took, 6500*time.Millisecond, 10*time.Second), has(end.log, "stop requested"))
}

// nowGivesTwoSeconds: and the program never gets its signal, since the hold is longer.
func nowGivesTwoSeconds(ctx context.Context, l *lab) error {
	return l.short(ctx, "now", 2*time.Second, "--now")
}

// forceGivesTwoSeconds: the object goes at once, and the container 2 s later.
func forceGivesTwoSeconds(ctx context.Context, l *lab) error {
	pod := l.server("force", ignores)
	if err := l.up(ctx, pod); err != nil {
		return err
	}
	log := l.follow(ctx, pod.name(), "server")
	if err := log.says(ctx, "ready ", 20*time.Second); err != nil {
		return err
	}
	if _, err := l.try(ctx, nil, "delete", "pod", pod.name(), "--grace-period=0", "--force"); err != nil {
		return err
	}
	began := time.Now()
	if err := log.says(ctx, "stop requested", 10*time.Second); err != nil {
		return err
	}
	select {
	case <-log.done:
	case <-time.After(20 * time.Second):
		return errors.New("20 seconds after a forced deletion the container still runs")
	}
	return between("the stop", time.Since(began), 1500*time.Millisecond, 5*time.Second)
}

// shortGraceIsTheDeletions: kubectl delete --grace-period=3 of a pod that is told 30 s.
func shortGraceIsTheDeletions(ctx context.Context, l *lab) error {
	return l.short(ctx, "short", 3*time.Second, "--grace-period=3")
}

// short stops a pod that is told 30 s in less, and finds that its hold was never over.
func (l *lab) short(ctx context.Context, name string, given time.Duration, flags ...string) error {
	pod := l.server(name, ignores)
	if err := l.up(ctx, pod); err != nil {
		return err
	}
	end, err := l.stop(ctx, pod, flags...)
	if err != nil {
		return err
	}
	if strings.Contains(end.log, "stop signal sent") {
		return fmt.Errorf("the program got its signal:\n%s", end.log)
	}
	return errors.Join(between("the stop", end.took, given-500*time.Millisecond, given+3*time.Second), has(end.log, "hold=5s"))
}

// shorterHoldFitsAShortGrace: with a hold of 1 s the program gets its signal within --grace-period=3.
func shorterHoldFitsAShortGrace(ctx context.Context, l *lab) error {
	pod := l.server("short-hold", func(pod object) { pod.env(firstContainer, "DRAINIT_DRAIN_DELAY", "1s") })
	if err := l.up(ctx, pod); err != nil {
		return err
	}
	end, err := l.stop(ctx, pod, "--grace-period=3")
	if err != nil {
		return err
	}
	return has(end.log, "hold=1s", "stop signal sent", "child exited")
}

// ctlStopEndsTheHold: in an image without a shell, by kubectl exec.
func ctlStopEndsTheHold(ctx context.Context, l *lab) error {
	pod := l.server("ctl-stop", func(pod object) {
		grace(pod, 60)
		pod.env(firstContainer, "DRAINIT_DRAIN_DELAY", "40s")
	})
	if err := l.up(ctx, pod); err != nil {
		return err
	}
	log := l.follow(ctx, pod.name(), "server")
	end, err := l.stopping(ctx, pod, func() error {
		if _, err := l.try(ctx, nil, "delete", "pod", pod.name(), "--wait=false"); err != nil {
			return err
		}
		if err := log.says(ctx, "stop requested", 20*time.Second); err != nil {
			return err
		}
		if err := pause(ctx, time.Second); err != nil { // asked again within 250 ms is the same request
			return err
		}
		_, err := l.try(ctx, nil, "exec", pod.name(), "--", "/drainit", "ctl", "stop")
		return err
	})
	if err != nil {
		return err
	}
	return between("the stop", end.took, time.Second, 10*time.Second)
}

// secondDeleteShortensNothing: of a pod that drains.
func secondDeleteShortensNothing(ctx context.Context, l *lab) error {
	pod := l.server("twice", func(pod object) { pod.env(firstContainer, "DRAINIT_DRAIN_DELAY", "8s"); grace(pod, 40) })
	if err := l.up(ctx, pod); err != nil {
		return err
	}
	end, err := l.stopping(ctx, pod, func() error {
		if _, err := l.try(ctx, nil, "delete", "pod", pod.name(), "--wait=false"); err != nil {
			return err
		}
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
		_, err := l.try(ctx, nil, "delete", "pod", pod.name(), "--wait=false", "--grace-period=3")
		return err
	})
	if err != nil {
		return err
	}
	if n := strings.Count(end.log, "stop requested"); n != 1 || strings.Contains(end.log, "stop requested again") {
		return fmt.Errorf("the second deletion sent a signal:\n%s", end.log)
	}
	return between("the stop", end.took, 8*time.Second, 13*time.Second)
}

// evictionDrains: through the API, as kubectl drain does.
func evictionDrains(ctx context.Context, l *lab) error {
	pod := l.server("evicted", nil)
	if err := l.up(ctx, pod); err != nil {
		return err
	}
	eviction, err := json.Marshal(map[string]any{"apiVersion": "policy/v1", "kind": "Eviction",
		"metadata": map[string]any{"name": pod.name(), "namespace": l.namespace}})
	if err != nil {
		return err
	}
	end, err := l.stopping(ctx, pod, func() error {
		_, err := l.try(ctx, strings.NewReader(string(eviction)), "create", "--raw",
			"/api/v1/namespaces/"+l.namespace+"/pods/"+pod.name()+"/eviction", "-f", "-")
		return err
	})
	if err != nil {
		return err
	}
	return errors.Join(between("the stop", end.took, 5*time.Second, 9*time.Second), has(end.log, "hold=5s"))
}

// scaleDownDrains: a deletion by the ReplicaSet.
func scaleDownDrains(ctx context.Context, l *lab) error {
	objects := l.deployed("scaled", func(d, _ object) { d.set("spec.replicas", 1); d.set("spec.minReadySeconds", 0) })
	if err := l.apply(ctx, objects...); err != nil {
		return err
	}
	defer l.remove(ctx, "deployment/scaled", "service/scaled")
	if _, err := l.try(ctx, nil, "rollout", "status", "deployment/scaled", "--timeout=60s"); err != nil {
		return err
	}
	name, err := l.try(ctx, nil, "get", "pods", "-l", "app=scaled", "-o", "jsonpath={.items[0].metadata.name}")
	if err != nil {
		return err
	}
	pod := l.server(name, func(pod object) { pod.set("metadata.labels.app", "scaled") })
	end, err := l.stopping(ctx, pod, func() error {
		_, err := l.try(ctx, nil, "scale", "deployment/scaled", "--replicas=0")
		return err
	})
	if err != nil {
		return err
	}
	return errors.Join(between("the stop", end.took, 5*time.Second, 9*time.Second), has(end.log, "hold=5s"))
}

// emptyDirOverItsLimitDrainsInTwo seconds: the kubelet evicts.
func sizeLimitEvictsInTwo(ctx context.Context, l *lab) error {
	pod := l.server("over-limit", func(pod object) {
		ignores(pod)
		pod.set("spec.volumes", []any{map[string]any{"name": "small", "emptyDir": map[string]any{"sizeLimit": "1Mi"}}})
		pod.set(firstContainer+".volumeMounts", []any{map[string]any{"name": "small", "mountPath": "/small"}})
	})
	if err := l.up(ctx, pod); err != nil {
		return err
	}
	defer l.remove(ctx, "pod/"+pod.name())
	log := l.follow(ctx, pod.name(), "server")
	if _, err := l.try(ctx, nil, "exec", pod.name(), "--", "/drainit", "ctl", "install", "/small/drainit"); err != nil {
		return err
	}
	if err := log.says(ctx, "stop requested", 2*time.Minute); err != nil {
		return err
	}
	began := time.Now()
	select {
	case <-log.done:
	case <-time.After(20 * time.Second):
		return errors.New("20 seconds after an eviction the container still runs")
	}
	return between("the stop", time.Since(began), 500*time.Millisecond, 5*time.Second)
}
