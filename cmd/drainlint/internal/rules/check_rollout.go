package rules

import (
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// rolloutChecks are those of rule 2: the new pod is ready before the old one stops.
func rolloutChecks() []*Check {
	return []*Check{
		{ID: "recreate", Rule: 2, Level: Error, Says: "strategy Recreate stops all pods first",
			Source: Source{deployments.Title, deployments.URL + "#recreate-deployment"},
			Others: [3]string{"no-rolling-update-strategy", "", ""}, pod: recreate},
		{ID: "rollout-takes-last-pod", Rule: 2, Level: Error, Says: "maxUnavailable lets a rollout take the last pod",
			Source: Source{deployments.Title, deployments.URL + "#max-unavailable"}, pod: takesLast},
		{ID: "min-ready-seconds", Rule: 2, Level: Warning, Says: "minReadySeconds 0 in front of a slow router",
			Source: readinessGates, pod: minReady},
		{ID: "daemonset-gap", Rule: 2, Level: Note, Says: "a DaemonSet without surge, and traffic that stays on the node",
			Source: maxSurge, pod: daemonSetGap},
	}
}

func recreate(p *pod, report func(Finding)) {
	d := p.Deployment
	if d == nil || d.Strategy.Type != appsv1.RecreateDeploymentStrategyType || !p.served() {
		return
	}
	report(Finding{
		path: "spec.strategy.type",
		Wrong: fmt.Sprintf("The strategy is Recreate: a rollout stops %s, and starts what is new when the old has gone.",
			ofAll(p.replicas)),
		Cost: fmt.Sprintf("Nobody answers for the time of a stop (up to %s) and of a start: %s each 10 s, in every rollout.",
			say(p.grace), p.all(10*time.Second)),
		Write: "Use the strategy RollingUpdate with maxUnavailable: 0; where two pods must never run together (a volume " +
			"for one node, a lock) this gap is the price of a rollout.",
	})
}

// ofAll writes "its one pod" or "all 3 pods".
func ofAll(n int) string {
	if n == 1 {
		return "its one pod"
	}
	return fmt.Sprintf("all %d pods", n)
}

func takesLast(p *pod, report func(Finding)) {
	if !p.served() || p.replicas < 1 {
		return
	}
	most, written, path := p.unavailable()
	if most < p.replicas {
		return
	}
	report(Finding{
		path: path,
		Wrong: fmt.Sprintf("maxUnavailable: %s of %d lets a rollout stop %s before a new one is ready.", written, p.replicas,
			ofAll(p.replicas)),
		Cost: fmt.Sprintf("Nobody answers from the old pods' stop until a new one is ready: %s each 10 s, in every rollout.",
			p.all(10*time.Second)),
		Write: takesLastRemedy(p),
	})
}

func takesLastRemedy(p *pod) string {
	if p.StatefulSet != nil {
		return "Leave maxUnavailable out, which is 1, and have 2 replicas or more."
	}
	return "Set maxUnavailable: 0 and maxSurge: 1."
}

// unavailable returns how many pods a rollout may take at once before any new one is ready, as it was written, and
// where. It is 0 where it is nothing of the manifest's. Of a Deployment whose numbers both come to 0 it is 1, as by the
// controller.
func (p *pod) unavailable() (most int, written, path string) {
	switch {
	case p.Deployment != nil && p.Deployment.Strategy.Type != appsv1.RecreateDeploymentStrategyType:
		max, surge := intstr.FromString("25%"), intstr.FromString("25%")
		if r := p.Deployment.Strategy.RollingUpdate; r != nil && r.MaxUnavailable != nil {
			max = *r.MaxUnavailable
		}
		if r := p.Deployment.Strategy.RollingUpdate; r != nil && r.MaxSurge != nil {
			surge = *r.MaxSurge
		}
		most = scaled(max, p.replicas, false)
		if most == 0 && scaled(surge, p.replicas, true) == 0 {
			most = 1
		}
		return most, max.String(), "spec.strategy.rollingUpdate.maxUnavailable"
	case p.StatefulSet != nil && p.replicas > 1: // with one it is one-replica
		if r := p.StatefulSet.UpdateStrategy.RollingUpdate; r != nil && r.MaxUnavailable != nil {
			return scaled(*r.MaxUnavailable, p.replicas, true), r.MaxUnavailable.String(),
				"spec.updateStrategy.rollingUpdate.maxUnavailable"
		}
	}
	return 0, "", ""
}

// scaled is the number that a number or percentage comes to; what is neither counts as 0.
func scaled(v intstr.IntOrString, of int, up bool) int {
	n, err := intstr.GetScaledValueFromIntOrPercent(&v, of, up)
	if err != nil {
		return 0
	}
	return n
}

func minReady(p *pod, report func(Finding)) {
	r := p.slowRouter()
	if r == nil || !p.served() || p.minReadySeconds() > 0 || p.Kind == "Pod" || p.gated() {
		return
	}
	f := Finding{
		path: "spec.minReadySeconds",
		Wrong: fmt.Sprintf("minReadySeconds is 0, and requests come by %s (%s), which learns of a new pod later than "+
			"Kubernetes does: %s.", r.name, r.by, r.lag),
		Cost: fmt.Sprintf("The next old pod is stopped as soon as the new one is ready; when all are new and the router "+
			"knows none of them, nobody answers: %s each 10 s.",
			p.all(10*time.Second)),
		Write: fmt.Sprintf("Set minReadySeconds: %.0f%s.", r.wait.Seconds(), r.gate),
	}
	report(f)
}

func (p *pod) minReadySeconds() int32 {
	switch {
	case p.Deployment != nil:
		return p.Deployment.MinReadySeconds
	case p.StatefulSet != nil:
		return p.StatefulSet.MinReadySeconds
	case p.DaemonSet != nil:
		return p.DaemonSet.MinReadySeconds
	}
	return 0
}

// gated reports whether the router itself says when a pod is ready.
func (p *pod) gated() bool {
	if len(p.Template.Spec.ReadinessGates) > 0 {
		return true
	}
	for _, n := range p.set.Namespaces {
		if n.Name == p.Namespace && n.Labels["elbv2.k8s.aws/pod-readiness-gate-inject"] == "enabled" {
			return true
		}
	}
	return false
}

func daemonSetGap(p *pod, report func(Finding)) {
	d := p.DaemonSet
	if d == nil || !p.served() || d.UpdateStrategy.Type == appsv1.OnDeleteDaemonSetStrategyType {
		return
	}
	if r := d.UpdateStrategy.RollingUpdate; r != nil && r.MaxSurge != nil && scaled(*r.MaxSurge, 100, true) > 0 {
		return
	}
	service, field := p.local()
	if service == "" || p.Template.Spec.HostNetwork || p.hostPorts() { // a port of the node can be had by one pod only
		return
	}
	report(Finding{
		path: "spec.updateStrategy",
		Wrong: fmt.Sprintf("maxSurge is 0, so a rollout stops a node's pod before it starts the new one, and Service %s "+
			"has %s: Local.", service, field),
		Cost: fmt.Sprintf("What comes to a node then reaches nobody, for a stop (up to %s) and a start, node after node.",
			say(p.grace)),
		Write: "Set updateStrategy.rollingUpdate to maxSurge: 1 and maxUnavailable: 0.",
	})
}

// local returns a Service of the pod that keeps requests on the node they came to.
func (p *pod) local() (name, field string) {
	for _, s := range p.services {
		if t := s.Spec.InternalTrafficPolicy; t != nil && *t == corev1.ServiceInternalTrafficPolicyLocal {
			return s.Name, "internalTrafficPolicy"
		}
		if s.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal {
			return s.Name, "externalTrafficPolicy"
		}
	}
	return "", ""
}

func (p *pod) hostPorts() bool {
	for _, c := range p.containers {
		for _, port := range c.Ports {
			if port.HostPort != 0 {
				return true
			}
		}
	}
	return false
}
