package rules

import (
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"drainit/cmd/drainlint/internal/manifest"
)

// servicePort is a Service's port that leads to a container.
type servicePort struct {
	service *manifest.Service
	port    corev1.ServicePort
}

// asideNames are ports that no user's request comes to.
var asideNames = regexp.MustCompile(`(?i)metric|prom|health|probe|debug|pprof|admin|telemetry|webhook|monitor|drainit`)

// route finds out which containers requests come to.
func (p *pod) route() {
	for _, s := range p.services {
		for _, port := range s.Spec.Ports {
			if c := p.target(port); c != nil {
				c.services = append(c.services, servicePort{s, port})
			}
		}
	}
}

// target returns the container that a Service's port leads to, or nil if none declares it and there are several.
func (p *pod) target(port corev1.ServicePort) *container {
	for _, c := range append(p.containers, p.sidecars...) {
		for _, declared := range c.Ports {
			if declaredAs(declared, port) {
				return c
			}
		}
	}
	if len(p.containers) == 1 && port.TargetPort.Type == intstr.Int {
		return p.containers[0] // ports need not be declared
	}
	return nil
}

func declaredAs(declared corev1.ContainerPort, port corev1.ServicePort) bool {
	if protocol(declared.Protocol) != protocol(port.Protocol) {
		return false
	}
	switch {
	case port.TargetPort.Type == intstr.String:
		return declared.Name == port.TargetPort.StrVal
	case port.TargetPort.IntVal == 0:
		return declared.ContainerPort == port.Port
	}
	return declared.ContainerPort == port.TargetPort.IntVal
}

func protocol(p corev1.Protocol) corev1.Protocol {
	if p == "" {
		return corev1.ProtocolTCP
	}
	return p
}

// answers reports whether requests come to the container: a Service leads to it, but not for the sake of metrics alone
// or whatever its pods' readiness; or the input has no Service that could, and the container declares a port.
func (p *pod) answers(c *container) bool {
	if p.runsOnce() {
		return false
	}
	for _, s := range c.services {
		if !s.service.Spec.PublishNotReadyAddresses && !aside(s.port.Name, s.port.TargetPort.StrVal) {
			return true
		}
	}
	if len(p.services) > 0 || p.DaemonSet != nil || p.set.HasServices(p.Object) {
		return false
	}
	for _, port := range c.Ports {
		if !aside(port.Name) {
			return true
		}
	}
	return false
}

func aside(names ...string) bool { return asideNames.MatchString(strings.Join(names, " ")) }

// answering returns the ordinary containers that requests come to.
func (p *pod) answering() []*container {
	var found []*container
	for _, c := range p.containers {
		if p.answers(c) {
			found = append(found, c)
		}
	}
	return found
}

// served reports whether requests come to the pod.
func (p *pod) served() bool { return len(p.answering()) > 0 }
