package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// namespaceIsRestricted: a pod that Pod Security "restricted" forbids is refused, so that those here are admitted.
func namespaceIsRestricted(ctx context.Context, l *lab) error {
	pod := l.server("root", func(pod object) { pod.set("spec.securityContext", map[string]any{"runAsUser": 0}) })
	if err := l.apply(ctx, pod); err == nil || !strings.Contains(err.Error(), "violates PodSecurity") {
		l.remove(ctx, "pod/root")
		return fmt.Errorf("a pod of root's was admitted: %v", err)
	}
	return nil
}

// commandReplacesEntrypoint: without drainit in `command:` it does not run, and ctl status says so.
func commandReplacesEntrypoint(ctx context.Context, l *lab) error {
	pod := l.server("replaced", func(pod object) {
		pod.set(firstContainer+".command", words("/server"))
		pod.set(firstContainer+".readinessProbe", nil)
		pod.set(firstContainer+".livenessProbe", nil)
	})
	if err := l.up(ctx, pod); err != nil {
		return err
	}
	defer l.remove(ctx, "pod/"+pod.name())
	out, err := l.try(ctx, nil, "exec", pod.name(), "--", "/drainit", "ctl", "status")
	if err == nil {
		return fmt.Errorf("ctl status ends well: %s", out)
	}
	return has(out+err.Error(), "drainit is not running here")
}

// stopsignalOfTheImage is taken for a stop request: SIGQUIT here.
func stopsignalOfTheImage(ctx context.Context, l *lab) error {
	pod := l.server("stopsignal", func(pod object) { pod.set(firstContainer+".image", quitImage) })
	if err := l.up(ctx, pod); err != nil {
		return err
	}
	end, err := l.stop(ctx, pod)
	if err != nil {
		return err
	}
	return errors.Join(has(end.log, "signal=SIGQUIT hold=5s"), between("the stop", end.took, 5*time.Second, 9*time.Second))
}

// imageVolume: drainit out of an image that is mounted.
func imageVolume(ctx context.Context, l *lab) error {
	pod := l.server("image-volume", func(pod object) {
		pod.set("spec.volumes", []any{map[string]any{"name": "drainit", "image": map[string]any{"reference": drainitImage, "pullPolicy": "IfNotPresent"}}})
		pod.set(firstContainer+".image", serverImage)
		pod.set(firstContainer+".command", words("/opt/drainit/drainit", "--", "/server"))
		pod.set(firstContainer+".volumeMounts", []any{map[string]any{"name": "drainit", "mountPath": "/opt/drainit", "readOnly": true}})
	})
	defer l.remove(ctx, "pod/"+pod.name())
	if err := l.up(ctx, pod); err != nil {
		return fmt.Errorf("%w; the pod says %s", err, l.why(ctx, pod.name()))
	}
	end, err := l.stop(ctx, pod)
	if err != nil {
		return err
	}
	return errors.Join(has(end.log, "hold=5s"), between("the stop", end.took, 5*time.Second, 9*time.Second))
}

// why is what a pod's containers wait for.
func (l *lab) why(ctx context.Context, pod string) string {
	out, _ := l.try(ctx, nil, "get", "pod", pod, "-o", "jsonpath={range .status.containerStatuses[*]}{.state} {end}")
	return out
}

// sharedProcessNamespace: drainit is not PID 1; and what goes to PID 1 ends the whole pod.
func sharedProcessNamespace(ctx context.Context, l *lab) error {
	pod := l.server("shared", func(pod object) { pod.set("spec.shareProcessNamespace", true) })
	if err := l.up(ctx, pod); err != nil {
		return err
	}
	out, err := l.try(ctx, nil, "exec", pod.name(), "--", "/drainit", "ctl", "status")
	if err != nil {
		return fmt.Errorf("%w %s", err, out)
	}
	end, err := l.stop(ctx, pod)
	if err != nil {
		return err
	}
	return errors.Join(has(end.log, "hold=5s"), between("the stop", end.took, 5*time.Second, 9*time.Second))
}

// serviceLinksAreIgnored: a Service called drainit-front makes variables that look like settings.
func serviceLinksAreIgnored(ctx context.Context, l *lab) error {
	service := l.deployment[1].clone()
	service.set("metadata.name", "drainit-front")
	if err := l.apply(ctx, service); err != nil {
		return err
	}
	defer l.remove(ctx, "service/drainit-front")
	if err := pause(ctx, 2*time.Second); err != nil { // until the kubelet knows of it
		return err
	}
	pod := l.server("links", nil)
	if err := l.up(ctx, pod); err != nil {
		return err
	}
	end, err := l.stop(ctx, pod)
	if err != nil {
		return err
	}
	if strings.Contains(end.log, "level=WARN") {
		return fmt.Errorf("warnings:\n%s", end.log)
	}
	return nil
}

// quotaStallsARollout: no room for the pod more that maxSurge asks for.
func quotaStallsARollout(ctx context.Context, l *lab) error {
	const container = "spec.template.spec.containers.0"
	objects := l.deployed("quota", func(d, _ object) {
		d.set("spec.replicas", 1)
		d.set("spec.minReadySeconds", 0)
		memory := map[string]any{"memory": "64Mi"}
		d.set(container+".resources", map[string]any{"limits": memory, "requests": memory})
	})
	quota := object{"apiVersion": "v1", "kind": "ResourceQuota", "metadata": map[string]any{"name": "no-surge"},
		"spec": map[string]any{"hard": map[string]any{"requests.memory": "64Mi"}}}
	own := *l
	own.namespace += "-quota"
	return within(ctx, own.kubectl, func(ctx context.Context) error {
		if err := own.apply(ctx, append(objects, quota)...); err != nil {
			return err
		}
		if _, err := own.try(ctx, nil, "rollout", "status", "deployment/quota", "--timeout=60s"); err != nil {
			return err
		}
		if _, err := own.try(ctx, nil, "rollout", "restart", "deployment/quota"); err != nil {
			return err
		}
		if _, err := own.try(ctx, nil, "rollout", "status", "deployment/quota", "--timeout=10s"); err == nil {
			return errors.New("the rollout went on")
		}
		events, err := own.try(ctx, nil, "get", "events", "-o", "jsonpath={range .items[*]}{.message}\n{end}")
		if err != nil {
			return err
		}
		return has(events, "exceeded quota")
	})
}

// jobEndsWithItsProxy: examples/sidecar/job.yaml as it is written, with programs that stand in.
func jobEndsWithItsProxy(ctx context.Context, l *lab) error {
	manifest, err := l.read(ctx, "examples/sidecar/job.yaml")
	if err != nil {
		return err
	}
	if err := l.apply(ctx, manifest...); err != nil {
		return err
	}
	defer l.remove(ctx, "job/example-job")
	if _, err := l.try(ctx, nil, "wait", "--for=condition=Complete", "job/example-job", "--timeout=60s"); err != nil {
		return err
	}
	log, err := l.try(ctx, nil, "logs", "job/example-job", "--all-containers")
	if err != nil {
		return err
	}
	return has(log, "the transaction was answered", "the proxy got SIGINT")
}

// appStopsBeforeItsProxy: examples/sidecar/kubernetes.yaml as it is written. Its app's last transaction is answered.
func appStopsBeforeItsProxy(ctx context.Context, l *lab) error {
	manifest, err := l.read(ctx, "examples/sidecar/kubernetes.yaml")
	if err != nil {
		return err
	}
	if err := l.apply(ctx, manifest...); err != nil {
		return err
	}
	defer l.remove(ctx, "deployment/example-app", "configmap/example-drainit")
	if _, err := l.try(ctx, nil, "rollout", "status", "deployment/example-app", "--timeout=60s"); err != nil {
		return err
	}
	name, err := l.try(ctx, nil, "get", "pods", "-o", `jsonpath={.items[?(@.spec.containers[0].name=="app")].metadata.name}`)
	if err != nil {
		return err
	}
	app, proxy := l.follow(ctx, name, "app"), l.follow(ctx, name, "proxy")
	if err := pause(ctx, time.Second); err != nil {
		return err
	}
	if _, err := l.try(ctx, nil, "delete", "deployment", "example-app", "--wait=false"); err != nil {
		return err
	}
	if err := app.says(ctx, "drain report", 40*time.Second); err != nil {
		return err
	}
	if err := proxy.says(ctx, "drain report", 40*time.Second); err != nil {
		return err
	}
	return errors.Join(has(app.whole(), "the transaction was answered"), has(proxy.whole(), "the proxy got SIGINT", "peer=app"))
}

// nativeSidecarGoesLast: one under drainit without a hold is stopped when the app has gone.
func nativeSidecarGoesLast(ctx context.Context, l *lab) error {
	pod := l.server("native", func(pod object) {
		side := object(l.deployment[0].clone().at("spec.template.spec.containers.0").(map[string]any))
		for _, field := range []string{"readinessProbe", "livenessProbe", "ports"} {
			delete(side, field)
		}
		side.set("name", "side")
		side.set("restartPolicy", "Always")
		side.set("args", words("-addr", ":8099"))
		side.set("env", []any{map[string]any{"name": "DRAINIT_DRAIN_DELAY", "value": "0"}, map[string]any{"name": "DRAINIT_PROBE_ADDR", "value": ":10144"}})
		pod.set("spec.initContainers", []any{map[string]any(side)})
	})
	if err := l.up(ctx, pod); err != nil {
		return err
	}
	side := l.follow(ctx, pod.name(), "side")
	end, err := l.stop(ctx, pod)
	if err != nil {
		return err
	}
	if err := has(end.log, "drain report"); err != nil {
		return err
	}
	appEnded, err := instantOf(end.log, "drain report")
	if err != nil {
		return err
	}
	sideAsked, err := instantOf(side.whole(), "stop requested")
	if err != nil {
		return err
	}
	if sideAsked.Before(appEnded) {
		return fmt.Errorf("the sidecar was asked to stop %v before the app had ended", appEnded.Sub(sideAsked))
	}
	return nil
}

// instantOf is the time= of the first line of drainit's that has text.
func instantOf(log, text string) (time.Time, error) {
	for line := range strings.Lines(log) {
		if strings.Contains(line, text) {
			_, rest, _ := strings.Cut(line, "time=")
			stamp, _, _ := strings.Cut(rest, " ")
			return time.Parse(time.RFC3339Nano, stamp)
		}
	}
	return time.Time{}, fmt.Errorf("no %q in the log:\n%s", text, log)
}

// termToPauseEndsThePod: SIGTERM to PID 1 of a shared PID namespace.
func termToPauseEndsThePod(ctx context.Context, l *lab) error {
	pod := l.server("pause", func(pod object) {
		pod.set("spec.shareProcessNamespace", true)
		pod.set("spec.restartPolicy", "Never")
		// Pause is run as the pod's user, which may signal it.
		pod.set(firstContainer+".image", loadImage)
		pod.set(firstContainer+".command", words("/loadcheck", "-duration", "5m", "http://127.0.0.1:1/"))
		pod.set(firstContainer+".args", nil)
		for _, field := range []string{"readinessProbe", "livenessProbe"} {
			pod.set(firstContainer+"."+field, nil)
		}
	})
	if err := l.up(ctx, pod); err != nil {
		return err
	}
	defer l.remove(ctx, "pod/"+pod.name())
	if _, err := l.try(ctx, nil, "exec", pod.name(), "--", "/signal", "1", "15"); err != nil {
		return err
	}
	_, err := l.try(ctx, nil, "wait", "--for=jsonpath={.status.phase}=Failed", "pod/"+pod.name(), "--timeout=30s")
	return err
}

// job is one of a container.
func job(name string, container map[string]any, deadline int) object {
	return object{"apiVersion": "batch/v1", "kind": "Job", "metadata": map[string]any{"name": name}, "spec": map[string]any{
		"backoffLimit": 0, "activeDeadlineSeconds": deadline,
		"template": map[string]any{
			"metadata": map[string]any{"labels": map[string]any{"app": name}},
			"spec": map[string]any{"restartPolicy": "Never", "terminationGracePeriodSeconds": 30, "containers": []any{container},
				"securityContext": map[string]any{"runAsNonRoot": true, "runAsUser": 65534, "seccompProfile": map[string]any{"type": "RuntimeDefault"}}},
		}}}
}

// plain is a container as Pod Security "restricted" wants it.
func plain(name, image string, command ...string) map[string]any {
	return map[string]any{"name": name, "image": image, "imagePullPolicy": "IfNotPresent", "command": words(command...),
		"securityContext": map[string]any{"allowPrivilegeEscalation": false, "capabilities": map[string]any{"drop": words("ALL")}}}
}

// activeDeadlineDrains: a job whose time is over is stopped like any pod.
func activeDeadlineDrains(ctx context.Context, l *lab) error {
	c := plain("server", exampleImage, "/drainit", "--grace-period", "30s", "--", "/server")
	if err := l.apply(ctx, job("deadline-job", c, 10)); err != nil {
		return err
	}
	defer l.remove(ctx, "job/deadline-job")
	var name string
	if !soon(ctx, 10*time.Second, func() bool {
		name, _ = l.try(ctx, nil, "get", "pods", "-l", "app=deadline-job", "-o", "jsonpath={.items[0].metadata.name}")
		return name != ""
	}) {
		return errors.New("the job has no pod")
	}
	if _, err := l.try(ctx, nil, "wait", "--for=condition=Ready", "pod/"+name, "--timeout=30s"); err != nil {
		return err
	}
	log := l.follow(ctx, name, "server")
	if err := log.says(ctx, "drain report", 40*time.Second); err != nil {
		return err
	}
	return has(log.whole(), "hold=5s", "stop signal sent")
}

// nativeSidecarEndsWithItsJob: a proxy that never ends by itself.
func nativeSidecarEndsWithItsJob(ctx context.Context, l *lab) error {
	j := job("native-job", plain("job", "example-job", "/job"), 60)
	proxy := plain("proxy", "example-pgbouncer", "/drainit", "--drain-delay", "0", "--stop-signal", "INT", "--", "pgbouncer")
	proxy["restartPolicy"] = "Always"
	j.set("spec.template.spec.initContainers", []any{proxy})
	if err := l.apply(ctx, j); err != nil {
		return err
	}
	defer l.remove(ctx, "job/native-job")
	_, err := l.try(ctx, nil, "wait", "--for=condition=Complete", "job/native-job", "--timeout=60s")
	return err
}
