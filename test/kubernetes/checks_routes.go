package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// quick is one new connection after the other, answered at once.
var quick = []client{{"0 ms, new", "0s", false, 50}}

// lone is a Deployment of one pod and a Service, with a readiness probe that sees a change within a second and a hold of
// 8 s.
func (l *lab) lone(ctx context.Context, name string, edit func(deployment, service object)) (ip string, err error) {
	objects := l.deployed(name, func(d, s object) {
		d.set("spec.replicas", 1)
		d.set("spec.minReadySeconds", 0)
		const container = "spec.template.spec.containers.0"
		d.set(container+".readinessProbe.periodSeconds", 1)
		d.set(container+".readinessProbe.failureThreshold", 1)
		d.set(container+".args", words("-response-time", "0s"))
		d.env(container, "DRAINIT_DRAIN_DELAY", "8s")
		d.env(container, "DRAINIT_GRACE_PERIOD", "40s")
		d.set("spec.template.spec.terminationGracePeriodSeconds", 40)
		if edit != nil {
			edit(d, s)
		}
	})
	if err := l.apply(ctx, objects...); err != nil {
		return "", err
	}
	if _, err := l.try(ctx, nil, "rollout", "status", "deployment/"+name, "--timeout=60s"); err != nil {
		return "", err
	}
	return l.try(ctx, nil, "get", "service", name, "-o", "jsonpath={.spec.clusterIP}")
}

// lastPod deletes a Deployment of one pod while its Service is asked, for six of the hold's eight seconds, and returns
// what was lost.
func (l *lab) lastPod(ctx context.Context, name string, edit func(deployment, service object)) (tally, error) {
	ip, err := l.lone(ctx, name, edit)
	if err != nil {
		return tally{}, err
	}
	defer l.remove(ctx, "deployment/"+name, "service/"+name)
	var lost []tally
	lost, err = l.under(ctx, "load-"+name, "http://"+ip+"/", quick, func(ctx context.Context) error {
		if _, err := l.try(ctx, nil, "delete", "deployment", name, "--wait=false"); err != nil {
			return err
		}
		return pause(ctx, 3500*time.Millisecond) // and two seconds more, of under's
	})
	if err != nil {
		return tally{}, err
	}
	return lost[0], nil
}

// lastReadyPodIsRefused: once readiness fails, though the pod still serves.
func lastReadyPodIsRefused(ctx context.Context, l *lab) error {
	t, err := l.lastPod(ctx, "last-pod", nil)
	if err == nil && t.Lost == 0 {
		err = fmt.Errorf("nothing of %d requests was lost", t.Sent)
	}
	l.say("  the last ready pod: %d of %d lost %v", t.Lost, t.Sent, t.By)
	return err
}

// unreadyAfterStopServes: nothing is refused until the hold is over.
func unreadyAfterStopServes(ctx context.Context, l *lab) error {
	t, err := l.lastPod(ctx, "last-pod-stop", func(d, _ object) {
		d.env("spec.template.spec.containers.0", "DRAINIT_UNREADY_AFTER", "stop")
	})
	if err == nil && t.Lost > 0 {
		err = fmt.Errorf("%d of %d requests were lost: %v", t.Lost, t.Sent, t.By)
	}
	return err
}

// slowProbeServes: the same where the probe's failures take longer than the hold, as in examples/kubernetes.
func slowProbeServes(ctx context.Context, l *lab) error {
	t, err := l.lastPod(ctx, "last-pod-slow", func(d, _ object) {
		d.set("spec.template.spec.containers.0.readinessProbe.failureThreshold", 9)
	})
	if err == nil && t.Lost > 0 {
		err = fmt.Errorf("%d of %d requests were lost: %v", t.Lost, t.Sent, t.By)
	}
	return err
}

// localBalancerIsTold: the node's healthCheckNodePort fails once the node has no ready pod.
func localBalancerIsTold(ctx context.Context, l *lab) error {
	_, err := l.lone(ctx, "local", func(_, s object) {
		s.set("spec.type", "LoadBalancer")
		s.set("spec.externalTrafficPolicy", "Local")
	})
	if err != nil {
		return err
	}
	defer l.remove(ctx, "deployment/local", "service/local")
	port, err := l.try(ctx, nil, "get", "service", "local", "-o", "jsonpath={.spec.healthCheckNodePort}")
	if err != nil {
		return err
	}
	node, err := l.try(ctx, nil, "get", "pods", "-l", "app=local", "-o", "jsonpath={.items[0].status.hostIP}")
	if err != nil {
		return err
	}
	lost, err := l.under(ctx, "load-local", "http://"+node+":"+port+"/healthz", quick, func(ctx context.Context) error {
		if _, err := l.try(ctx, nil, "delete", "deployment", "local", "--wait=false"); err != nil {
			return err
		}
		return pause(ctx, 3500*time.Millisecond)
	})
	if err != nil {
		return err
	}
	if n := lost[0].By["5xx"]; n == 0 || n == lost[0].Sent {
		return fmt.Errorf("of %d health checks %d failed: %v", lost[0].Sent, n, lost[0].By)
	}
	return nil
}

// drainingEndpointIsServing: ready=false serving=true terminating=true while readiness is still green.
func drainingEndpointIsServing(ctx context.Context, l *lab) error {
	if _, err := l.lone(ctx, "slice", func(d, _ object) { d.env("spec.template.spec.containers.0", "DRAINIT_UNREADY_AFTER", "stop") }); err != nil {
		return err
	}
	defer l.remove(ctx, "deployment/slice", "service/slice")
	if _, err := l.try(ctx, nil, "scale", "deployment/slice", "--replicas=0"); err != nil {
		return err
	}
	const want = "false true true"
	var said string
	var err error
	if !soon(ctx, 6*time.Second, func() bool {
		said, err = l.try(ctx, nil, "get", "endpointslices", "-l", "kubernetes.io/service-name=slice", "-o",
			"jsonpath={range .items[0].endpoints[0].conditions}{.ready} {.serving} {.terminating}{end}")
		return said == want
	}) {
		return errors.Join(err, fmt.Errorf("the endpoint says ready, serving, terminating = %q, want %q", said, want))
	}
	return nil
}

// asWritten rolls a manifest of examples/kubernetes out, and nothing is lost.
func (l *lab) asWritten(ctx context.Context, path, image string) error {
	manifest, err := l.read(ctx, path)
	if err != nil {
		return err
	}
	name := manifest[0].name()
	if image != "" { // the one that a reader is to put in
		manifest[0].set("spec.template.spec.containers.0.image", image)
	}
	if err := l.apply(ctx, manifest...); err != nil {
		return err
	}
	defer l.remove(ctx, "deployment/"+name, "service/"+name)
	if _, err := l.try(ctx, nil, "rollout", "status", "deployment/"+name, "--timeout=90s"); err != nil {
		return err
	}
	var r result
	if err := l.rollout(ctx, name, clients[:2], &r); err != nil {
		return err
	}
	for i, t := range r.Tallies[0] {
		if t.Lost+t.NotSent > 0 {
			err = errors.Join(err, fmt.Errorf("%s: %d of %d lost, %v, %+v", clients[i].name, t.Lost, t.Sent, t.By, t.First))
		}
	}
	l.say("  %s: old pods were gone %s after their deletion, all of them after %.1f s", path, span(r.Gone), r.Whole[0])
	return err
}

func deploymentLosesNothing(ctx context.Context, l *lab) error {
	return l.asWritten(ctx, "examples/kubernetes/deployment.yaml", "")
}

func initContainerLosesNothing(ctx context.Context, l *lab) error {
	return l.asWritten(ctx, "examples/kubernetes/deployment-init-container.yaml", serverImage)
}

// rolloutIsDoneBeforeItsDrains: kubectl rollout status ends while an old pod is still there.
func rolloutIsDoneBeforeItsDrains(ctx context.Context, l *lab) error {
	if _, err := l.lone(ctx, "done", nil); err != nil {
		return err
	}
	defer l.remove(ctx, "deployment/done", "service/done")
	if _, err := l.try(ctx, nil, "rollout", "restart", "deployment/done"); err != nil {
		return err
	}
	if _, err := l.try(ctx, nil, "rollout", "status", "deployment/done", "--timeout=60s"); err != nil {
		return err
	}
	var pods struct{ Items []object }
	if err := l.get(ctx, &pods, "pods", "-l", "app=done"); err != nil {
		return err
	}
	if len(pods.Items) != 2 {
		return fmt.Errorf("%d pods are there, want the new one and the old one that drains", len(pods.Items))
	}
	return nil
}
