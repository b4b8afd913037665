package rules

import (
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"drainit/cmd/drainlint/internal/manifest"
)

// pod is a workload's pod with all that the set says about it.
type pod struct {
	*manifest.Workload
	set  *manifest.Set
	rate float64

	grace      time.Duration // terminationGracePeriodSeconds
	replicas   int           // -1: of a DaemonSet; of a Job 1
	fixed      bool          // no autoscaler changes the replicas
	services   []*manifest.Service
	containers []*container // the ordinary ones
	sidecars   []*container // native ones
}

// container is one of a pod's, with what is known of its stop.
type container struct {
	corev1.Container
	path     string // in the object
	env      environment
	hook     hook
	drainit  *drainitRun   // nil: not run by drainit, as far as is seen
	services []servicePort // that lead to it
}

// defaultGrace is what a pod without terminationGracePeriodSeconds gets.
const defaultGrace = 30 * time.Second

func newPod(set *manifest.Set, w *manifest.Workload, rate float64) *pod {
	p := &pod{Workload: w, set: set, rate: rate, grace: defaultGrace}
	if s := w.Template.Spec.TerminationGracePeriodSeconds; s != nil {
		p.grace = seconds(*s)
	}
	p.replicas, p.fixed = replicasOf(set, w)
	for _, s := range set.Services {
		if selects(s, w) {
			p.services = append(p.services, s)
		}
	}
	for i, c := range w.Template.Spec.Containers {
		p.containers = append(p.containers, newContainer(p, c, "containers", i))
	}
	for i, c := range w.Template.Spec.InitContainers {
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			p.sidecars = append(p.sidecars, newContainer(p, c, "initContainers", i))
		}
	}
	p.route()
	return p
}

func newContainer(p *pod, c corev1.Container, list string, i int) *container {
	made := &container{Container: c, path: fmt.Sprintf("%s.%s[%d]", p.PodPath, list, i)}
	made.env = environmentOf(p.set, p.Object, c)
	made.hook = hookOf(c)
	made.drainit = drainitOf(c, made.env)
	return made
}

// at returns the path of a field of the pod's spec.
func (p *pod) at(field string) string { return p.PodPath + "." + field }

// at returns the path of a field of the container.
func (c *container) at(field string) string { return c.path + "." + field }

// replicasOf returns how many pods there are at least, and whether nothing scales them.
func replicasOf(set *manifest.Set, w *manifest.Workload) (n int, fixed bool) {
	switch {
	case w.DaemonSet != nil:
		return -1, true
	case w.Replicas != nil && *w.Replicas == 0: // switched off
		return 0, true
	}
	for _, a := range set.Autoscalers {
		if a.With(w.Object) && a.Spec.ScaleTargetRef.Kind == w.Kind && a.Spec.ScaleTargetRef.Name == w.Name {
			if a.Spec.MinReplicas != nil {
				return int(*a.Spec.MinReplicas), false
			}
			return 1, false
		}
	}
	if w.Replicas != nil {
		return int(*w.Replicas), true
	}
	return 1, true
}

// selects reports whether a Service leads to a workload's pods.
func selects(s *manifest.Service, w *manifest.Workload) bool {
	return s.With(w.Object) && len(s.Spec.Selector) > 0 && s.Spec.Type != corev1.ServiceTypeExternalName &&
		labels.SelectorFromSet(s.Spec.Selector).Matches(labels.Set(w.Template.Labels))
}

// matches reports whether a selector of an object selects a workload's pods. A nil one selects none.
func matches(s *metav1.LabelSelector, w *manifest.Workload) bool {
	selector, err := metav1.LabelSelectorAsSelector(s)
	return err == nil && selector.Matches(labels.Set(w.Template.Labels))
}

// runsOnce reports whether the workload is a job, to which nothing is routed.
func (p *pod) runsOnce() bool { return p.Kind == "Job" || p.Kind == "CronJob" }

// share is how many requests a second one pod gets, of all.
func (p *pod) share() float64 { return p.rate / float64(max(p.replicas, 1)) }

// requests writes what a pod's share comes to in a time: "33 requests (100 a second to 3 pods)".
func (p *pod) requests(d time.Duration) string {
	n := p.share() * d.Seconds()
	of := fmt.Sprintf("%g a second to %d pods", p.rate, p.replicas)
	switch {
	case p.replicas == 1:
		of = fmt.Sprintf("%g a second", p.rate)
	case p.replicas < 0:
		of = fmt.Sprintf("%g a second to this pod", p.rate)
	}
	return fmt.Sprintf("%.0f requests (%s)", n, of)
}

// all writes what all requests come to in a time.
func (p *pod) all(d time.Duration) string {
	return fmt.Sprintf("%.0f requests (%g a second)", p.rate*d.Seconds(), p.rate)
}

// seconds is a number of them, as manifests have it; what is too large for a duration is cut to a century.
func seconds[N int32 | int64](n N) time.Duration {
	return time.Duration(min(max(int64(n), 0), 100*365*24*3600)) * time.Second
}

// say writes a duration: "61 s", "1.5 s".
func say(d time.Duration) string { return fmt.Sprintf("%g s", d.Seconds()) }

// list joins words: "a, b and c".
func list(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}
