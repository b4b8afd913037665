package rules

import (
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// probe is a container's probe with the defaults in place.
type probe struct {
	*corev1.Probe
	period, failures, delay time.Duration
}

func newProbe(p *corev1.Probe) probe {
	made := probe{Probe: p, period: 10 * time.Second, failures: 3}
	if p.PeriodSeconds > 0 {
		made.period = seconds(p.PeriodSeconds)
	}
	if p.FailureThreshold > 0 {
		made.failures = time.Duration(p.FailureThreshold)
	}
	made.delay = seconds(p.InitialDelaySeconds)
	return made
}

// fails is how long a probe must fail until it has an effect.
func (p probe) fails() time.Duration { return p.period * p.failures }

// sum writes "10 s (5 s x 2)".
func (p probe) sum() string {
	return fmt.Sprintf("%s (%s x %d)", say(p.fails()), say(p.period), p.failures)
}

// apart writes "2 failures, 5 s apart".
func (p probe) apart() string {
	if p.failures == 1 {
		return "1 failure, asked each " + say(p.period)
	}
	return fmt.Sprintf("%d failures, %s apart", p.failures, say(p.period))
}

// asks returns what a probe asks, the same text for the same question.
func (c *container) asks(p *corev1.Probe) string {
	switch {
	case p.HTTPGet != nil:
		return fmt.Sprintf("%s %s%s", c.number(p.HTTPGet.Port), p.HTTPGet.Host, slashed(p.HTTPGet.Path))
	case p.TCPSocket != nil:
		return fmt.Sprintf("%s %sTCP", c.number(p.TCPSocket.Port), p.TCPSocket.Host)
	case p.GRPC != nil:
		service := ""
		if p.GRPC.Service != nil {
			service = *p.GRPC.Service
		}
		return fmt.Sprintf("%d gRPC %s", p.GRPC.Port, service)
	case p.Exec != nil:
		return "exec " + strings.Join(p.Exec.Command, " ")
	}
	return ""
}

func slashed(path string) string { return "/" + strings.TrimPrefix(path, "/") }

// number resolves a named port, if the container has it.
func (c *container) number(port intstr.IntOrString) string {
	for _, declared := range c.Ports {
		if port.Type == intstr.String && declared.Name == port.StrVal {
			return fmt.Sprint(declared.ContainerPort)
		}
	}
	return port.String()
}

// target returns a probe's port, and the field it is in.
func target(p *corev1.Probe) (port intstr.IntOrString, field string, is bool) {
	switch {
	case p.HTTPGet != nil && p.HTTPGet.Host == "":
		return p.HTTPGet.Port, "httpGet.port", true
	case p.TCPSocket != nil && p.TCPSocket.Host == "":
		return p.TCPSocket.Port, "tcpSocket.port", true
	}
	return intstr.IntOrString{}, "", false
}

// asksDrainit reports whether a probe asks a path of the container's own drainit.
func (c *container) asksDrainit(p *corev1.Probe, path string) bool {
	if c.drainit == nil || p == nil || p.HTTPGet == nil {
		return false
	}
	port, known := c.drainit.probePort()
	return known && port != 0 && c.number(p.HTTPGet.Port) == fmt.Sprint(port) && slashed(p.HTTPGet.Path) == path
}

// named is a probe by its field.
type named struct {
	field string
	*corev1.Probe
}

func (c *container) probes() []named {
	var all []named
	for _, p := range []named{{"startupProbe", c.StartupProbe}, {"readinessProbe", c.ReadinessProbe}, {"livenessProbe",
		c.LivenessProbe}} {
		if p.Probe != nil {
			all = append(all, p)
		}
	}
	return all
}
