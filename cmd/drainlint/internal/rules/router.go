package rules

import (
	"strings"
	"time"

	"drainit/cmd/drainlint/internal/manifest"
)

// router is one that follows pods later than kube-proxy does. The lags are those of docs/concepts.md, How long to hold.
type router struct {
	name string
	by   string        // what of the manifest says so
	lag  string        // as reported
	wait time.Duration // by then it has followed, mostly
	gate string        // what its own way to the same is
}

// slowRouter returns the slow router in front of the pod, as far as the set has its Ingress or its Service's
// annotations, or nil.
func (p *pod) slowRouter() *router {
	for _, s := range p.services {
		a := s.Annotations
		switch {
		case a["service.beta.kubernetes.io/aws-load-balancer-nlb-target-type"] == "ip",
			a["service.beta.kubernetes.io/aws-load-balancer-type"] == "nlb-ip":
			return &router{"an AWS NLB with pods as its targets", "Service " + s.Name, "120 s and more are reported",
				120 * time.Second, byGate}
		case strings.Contains(a["cloud.google.com/neg"], "true") || strings.Contains(a["cloud.google.com/neg"],
			"exposed_ports"):
			return &router{"Google Cloud's NEGs", "Service " + s.Name, "40 s to a minute are reported", 60 * time.Second, ""}
		}
		for _, i := range p.set.Ingresses {
			if i.With(s.Object) && leadsTo(i, s.Name) {
				if r := classOf(i); r != nil {
					return r
				}
			}
		}
	}
	return nil
}

const byGate = ", or label the namespace elbv2.k8s.aws/pod-readiness-gate-inject: enabled, so that the balancer " +
	"itself says when a pod is ready"

func leadsTo(i *manifest.Ingress, service string) bool {
	if b := i.Spec.DefaultBackend; b != nil && b.Service != nil && b.Service.Name == service {
		return true
	}
	for _, rule := range i.Spec.Rules {
		if rule.HTTP == nil {
			continue
		}
		for _, path := range rule.HTTP.Paths {
			if path.Backend.Service != nil && path.Backend.Service.Name == service {
				return true
			}
		}
	}
	return false
}

// classOf returns the slow router that an Ingress is for, or nil.
func classOf(i *manifest.Ingress) *router {
	class := i.Annotations["kubernetes.io/ingress.class"]
	if i.Spec.IngressClassName != nil {
		class = *i.Spec.IngressClassName
	}
	alb := class == "alb"
	for name := range i.Annotations {
		alb = alb || class == "" && strings.HasPrefix(name, "alb.ingress.kubernetes.io/")
	}
	switch by := "Ingress " + i.Name; {
	case alb && i.Annotations["alb.ingress.kubernetes.io/target-type"] == "ip": // else it knows nodes, not pods
		return &router{"an AWS ALB", by, "25 s in one report, 70 s in another", 30 * time.Second, byGate}
	case class == "gce" || class == "gce-internal":
		return &router{"a Google Cloud load balancer", by, "40 s to a minute are reported", 60 * time.Second, ""}
	case class == "azure/application-gateway" || class == "azure-application-gateway":
		return &router{"an Azure Application Gateway", by, "about 40 s are reported", 60 * time.Second, ""}
	}
	return nil
}
