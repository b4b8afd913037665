package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"drainit/internal/testkit"
)

// lab is the namespace in which all is done, with what the examples are made of.
type lab struct {
	kubectl
	deployment []object // examples/kubernetes/deployment.yaml
	rollouts   int
	say        func(format string, args ...any)
}

// remove deletes objects without waiting for them, whatever became of ctx.
func (l *lab) remove(ctx context.Context, names ...string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	_, _ = l.try(ctx, nil, append([]string{"delete", "--ignore-not-found", "--wait=false", "--grace-period=1"}, names...)...)
}

const firstContainer = "spec.containers.0"

// server is the example's pod under another name, alone.
func (l *lab) server(name string, edit func(pod object)) object {
	template := object(l.deployment[0].at("spec.template").(map[string]any)).clone()
	pod := object{"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": name, "labels": map[string]any{"app": name}}, "spec": template["spec"]}
	if edit != nil {
		edit(pod)
	}
	return pod
}

// deployed is the example's Deployment and Service under another name.
func (l *lab) deployed(name string, edit func(deployment, service object)) []object {
	return renamed(l.deployment, name, edit)
}

func renamed(manifest []object, name string, edit func(deployment, service object)) []object {
	deployment, service := manifest[0].clone(), manifest[1].clone()
	for _, path := range []string{"metadata.labels", "spec.selector.matchLabels", "spec.template.metadata.labels"} {
		deployment.set(path, map[string]any{"app": name})
	}
	deployment.set("metadata.name", name)
	service.set("metadata.name", name)
	service.set("spec.selector", map[string]any{"app": name})
	if edit != nil {
		edit(deployment, service)
	}
	return []object{deployment, service}
}

// up applies objects and waits until the pod of a name is ready.
func (l *lab) up(ctx context.Context, pod object) error {
	if err := l.apply(ctx, pod); err != nil {
		return err
	}
	_, err := l.try(ctx, nil, "wait", "--for=condition=Ready", "pod/"+pod.name(), "--timeout=60s")
	return err
}

// tail is a container's log as it is written.
type tail struct {
	testkit.Output
	done chan struct{}
	end  context.CancelFunc
}

// follow reads a container's log to its end.
func (l *lab) follow(ctx context.Context, pod, container string) *tail {
	ctx, cancel := context.WithCancel(ctx)
	t := &tail{done: make(chan struct{}), end: cancel}
	cmd := l.command(ctx, "logs", "-f", pod, "-c", container)
	cmd.Stdout, cmd.Stderr = t, t
	go func() {
		defer close(t.done)
		_ = cmd.Run()
	}()
	return t
}

// whole is all that was logged, once it has ended.
func (t *tail) whole() string {
	select {
	case <-t.done:
	case <-time.After(5 * time.Second):
		t.end()
		<-t.done
	}
	return t.String()
}

// says waits until the log has text.
func (t *tail) says(ctx context.Context, text string, within time.Duration) error {
	if !soon(ctx, within, func() bool { return strings.Contains(t.String(), text) }) {
		return fmt.Errorf("no %q within %v in the log:\n%s", text, within, t.String())
	}
	return nil
}

// soon reports whether something comes to hold.
func soon(ctx context.Context, within time.Duration, holds func() bool) bool {
	for end := time.Now().Add(within); !holds(); {
		if time.Now().After(end) || pause(ctx, 100*time.Millisecond) != nil {
			return false
		}
	}
	return true
}

// ended is a pod that was deleted.
type ended struct {
	took time.Duration // from the deletion until it had gone
	log  string        // of the first container
}

// stop deletes a pod that is up, with kubectl delete's flags, and waits until it has gone.
func (l *lab) stop(ctx context.Context, pod object, flags ...string) (ended, error) {
	return l.stopping(ctx, pod, func() error {
		_, err := l.try(ctx, nil, append([]string{"delete", "pod", pod.name(), "--wait=false"}, flags...)...)
		return err
	})
}

// stopping is stop by another way to delete.
func (l *lab) stopping(ctx context.Context, pod object, remove func() error) (ended, error) {
	log := l.follow(ctx, pod.name(), pod.text(firstContainer+".name"))
	w, err := l.watch(ctx, "app="+pod.text("metadata.labels.app"))
	if err != nil {
		return ended{}, err
	}
	defer w.close()
	if !soon(ctx, 20*time.Second, func() bool { return w.of(pod.name()).last != nil && strings.Contains(log.String(), "ready ") }) {
		return ended{}, fmt.Errorf("nothing is seen of the pod %s, or of its log: %s", pod.name(), log)
	}
	if err := remove(); err != nil {
		return ended{}, err
	}
	if !soon(ctx, 2*time.Minute, func() bool { return !w.of(pod.name()).gone.IsZero() }) {
		return ended{}, fmt.Errorf("the pod %s is still there", pod.name())
	}
	seen := w.of(pod.name())
	return ended{seen.gone.Sub(seen.marked), log.whole()}, nil
}
