package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"drainit/cmd/drainlint/internal/manifest"
)

// readinessChecks are those of rule 3: ready means that requests can be answered.
func readinessChecks() []*Check {
	return []*Check{
		{ID: "no-readiness", Rule: 3, Level: Error, Says: "no readiness probe", Source: Source{probesPage.Title,
			probesPage.URL + "#define-readiness-probes"},
			Others: [3]string{"no-readiness-probe", "pod-probes", "readinessProbeMissing"}, pod: noReadiness},
		{ID: "probe-port", Rule: 3, Level: Error, Says: "a probe that leads to no port", Source: Source{probesPage.Title,
			probesPage.URL + "#use-a-named-port"},
			Others: [3]string{"liveness-port, readiness-port, startup-port", "", ""}, pod: probePort},
		{ID: "service-port", Rule: 3, Level: Error, Says: "a Service's port that no container has", Source: servicesPage,
			Others: [3]string{"", "service-targets-pod (the pod, not the port)", ""}, pod: servicePorts},
		{ID: "readiness-asks-livez", Rule: 3, Level: Error, Says: "readiness asks drainit's /livez",
			Source: drainitReadiness, pod: readinessAsksLivez},
		{ID: "drainit-address", Rule: 3, Level: Error, Says: "two drainits of a pod with one probe address",
			Source: drainitAddress, pod: drainitAddresses},
	}
}

func noReadiness(p *pod, report func(Finding)) {
	for _, c := range p.answering() {
		if c.ReadinessProbe != nil {
			continue
		}
		f := Finding{
			Container: c.Name, path: c.path,
			Wrong: "It has no readiness probe, so it counts as ready the moment its process exists.",
			Cost: fmt.Sprintf("Requests come before it listens: %s for each second of its start, in every rollout, restart "+
				"and scale-up.",
				p.requests(time.Second)),
			Write: "Write a readinessProbe that asks what answers requests: httpGet with a path, tcpSocket or grpc.",
		}
		if c.drainit != nil {
			f.Write = "Write readinessProbe: {httpGet: {path: /readyz, port: " + portText(c) + "}}, which fails until the " +
				"program listens."
		}
		report(f)
	}
}

func portText(c *container) string {
	if port, known := c.drainit.probePort(); known && port != 0 {
		return fmt.Sprint(port)
	}
	return fmt.Sprint(defaultProbePort)
}

func probePort(p *pod, report func(Finding)) {
	for _, c := range append(p.containers, p.sidecars...) {
		for _, probe := range c.probes() {
			port, field, is := target(probe.Probe)
			if !is {
				continue
			}
			f := Finding{Container: c.Name, path: c.at(probe.field + "." + field), Cost: probeCost(p, probe.field)}
			if port.Type == intstr.String && !hasPort(c, port.StrVal) {
				f.Wrong = fmt.Sprintf("The %s asks port %q, and the container has no port of that name.", probe.field, port.StrVal)
				f.Write = "Name a port of this container" + portNames(c) + ", or write its number."
				report(f)
				continue
			}
			if f.Wrong, f.Write = drainitPort(c, probe, port); f.Wrong != "" {
				report(f)
			}
		}
	}
}

func probeCost(p *pod, field string) string {
	if field == "readinessProbe" {
		return "The probe always fails: the pod is never ready, gets no requests, and a rollout stops at it."
	}
	return "The probe always fails: the kubelet restarts the container again and again, and cuts what it answers just " +
		"then."
}

func hasPort(c *container, name string) bool {
	for _, port := range c.Ports {
		if port.Name == name {
			return true
		}
	}
	return false
}

func portNames(c *container) string {
	var names []string
	for _, port := range c.Ports {
		if port.Name != "" {
			names = append(names, port.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " (" + list(names) + ")"
}

var drainitPaths = regexp.MustCompile(`^/(readyz|livez|drain)$`)

// drainitPort says what is wrong with a probe of drainit's default port where drainit serves none there.
func drainitPort(c *container, probe named, port intstr.IntOrString) (wrong, write string) {
	if c.drainit == nil || probe.HTTPGet == nil || !drainitPaths.MatchString(probe.HTTPGet.Path) {
		return "", ""
	}
	served, known := c.drainit.probePort()
	asked := c.number(port)
	switch {
	case !known || asked == fmt.Sprint(served) || asked != fmt.Sprint(defaultProbePort):
		return "", ""
	case served == 0:
		return fmt.Sprintf("The %s asks drainit on port %s, and %s is off.", probe.field, asked,
				c.drainit.spelled("probe-addr")),
			"Leave " + c.drainit.spelled("probe-addr") + " out, or probe the program's own port."
	}
	return fmt.Sprintf("The %s asks drainit on port %s, and %s puts its probes on %d.", probe.field, asked,
			c.drainit.spelled("probe-addr"), served),
		fmt.Sprintf("Ask port %d.", served)
}

func servicePorts(p *pod, report func(Finding)) {
	if p.runsOnce() {
		return
	}
	for _, s := range p.services {
		for _, port := range s.Spec.Ports {
			if port.TargetPort.Type != intstr.String || p.target(port) != nil || p.elsewhere(s, port) {
				continue
			}
			name := port.TargetPort.StrVal
			var has []string
			for _, c := range append(p.containers, p.sidecars...) {
				for _, declared := range c.Ports {
					if declared.Name != "" {
						has = append(has, declared.Name)
					}
				}
			}
			what := "none has a name"
			if len(has) > 0 {
				what = "those with a name are " + list(has)
			}
			report(Finding{
				path: p.PodPath,
				Wrong: fmt.Sprintf("Service %s sends port %d to %q (%s), and its pods have no such port: %s.", s.Name, port.Port,
					name, protocol(port.Protocol), what),
				Cost: fmt.Sprintf("The Service has no endpoint for that port, so all of its requests are refused, %g a second.",
					p.rate),
				Write: fmt.Sprintf("Give a container port the name %s, or write its number as targetPort.", name),
			})
		}
	}
}

// elsewhere reports whether other pods that a Service selects have its port.
func (p *pod) elsewhere(s *manifest.Service, port corev1.ServicePort) bool {
	for _, w := range p.set.Workloads {
		if w == p.Workload || !selects(s, w) {
			continue
		}
		for _, c := range append(slices.Clone(w.Template.Spec.Containers), w.Template.Spec.InitContainers...) {
			if slices.ContainsFunc(c.Ports, func(declared corev1.ContainerPort) bool { return declaredAs(declared, port) }) {
				return true
			}
		}
	}
	return false
}

func readinessAsksLivez(p *pod, report func(Finding)) {
	for _, c := range p.containers {
		if !c.asksDrainit(c.ReadinessProbe, "/livez") {
			continue
		}
		report(Finding{
			Container: c.Name, path: c.at("readinessProbe.httpGet.path"),
			Wrong: "The readiness probe asks drainit's /livez, which is 200 before the program listens, and through the " +
				"whole drain.",
			Cost: fmt.Sprintf("Requests come before the program listens: %s for each second of its start; and no health "+
				"check learns of a stop.", p.requests(time.Second)),
			Write: "Ask /readyz.",
		})
	}
}

func drainitAddresses(p *pod, report func(Finding)) {
	first := map[int]string{}
	for _, c := range append(p.containers, p.sidecars...) {
		if c.drainit == nil {
			continue
		}
		port, known := c.drainit.probePort()
		if !known || port == 0 {
			continue
		}
		other, taken := first[port]
		if !taken {
			first[port] = c.Name
			continue
		}
		report(Finding{
			Container: c.Name, path: c.field("probe-addr"),
			Wrong: fmt.Sprintf("Its drainit serves its probes on port %d, as that of container %s does, and the containers "+
				"of a pod share their ports.", port, other),
			Cost: "The one that starts second serves none, and the other answers for it: its readiness is not seen, and a " +
				"probe of it says nothing of its stop.",
			Write: fmt.Sprintf("Set DRAINIT_PROBE_ADDR=:%d in one of them, and ask that port in its probes.", port+1),
		})
	}
}

// ownHolds are settings of programs that hold their own stop.
var ownHolds = []string{
	"--shutdown-delay-duration", "--shutdown-grace-period", "--min-sigterm-delay", "requestacceptgracetimeout", "lameduck",
	"shutdown_delay", "shutdown-delay", "--shutdown-wait", "mindrainduration", "hard-stop-after grace",
}

// holdsItself returns the setting with which a container's program holds its own stop, in its command, its variables or
// a ConfigMap that the pod mounts, or nothing.
func (p *pod) holdsItself(c *container) string {
	var text strings.Builder
	text.WriteString(strings.ToLower(strings.Join(commandOf(c.Container), " ")))
	for _, value := range c.env.values {
		text.WriteString(" " + strings.ToLower(value))
	}
	for _, v := range p.Template.Spec.Volumes {
		if v.ConfigMap == nil || !mounts(c.Container, v.Name) {
			continue
		}
		if m := configMap(p.set, p.Object, v.ConfigMap.Name); m != nil {
			for _, value := range m.Data {
				text.WriteString(" " + strings.ToLower(value))
			}
		}
	}
	for _, setting := range ownHolds {
		if strings.Contains(text.String(), setting) {
			return setting
		}
	}
	return ""
}

func mounts(c corev1.Container, volume string) bool {
	for _, m := range c.VolumeMounts {
		if m.Name == volume {
			return true
		}
	}
	return false
}
