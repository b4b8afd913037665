package rules

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/intstr"

	"drainit/cmd/drainlint/internal/manifest"
)

// budget is a PodDisruptionBudget in its set.
type budget struct {
	*manifest.Budget
	set  *manifest.Set
	rate float64
}

// pods returns how many pods it is about at least, and whose; 0 if the set does not tell. What is switched off, or of a
// DaemonSet, which no drain evicts, does not count.
func (b *budget) pods() (n int, of string) {
	for _, w := range b.set.Workloads {
		if !b.With(w.Object) || !matches(b.Spec.Selector, w) || w.DaemonSet != nil {
			continue
		}
		replicas, _ := replicasOf(b.set, w)
		n += replicas
		of = w.String()
	}
	return n, of
}

// allowed returns how many of n healthy pods may be evicted at once. Percentages are rounded up, as by the controller.
func (b *budget) allowed(n int) (allowed int, field string, ok bool) {
	switch s := b.Spec; {
	case s.MaxUnavailable != nil:
		most, err := intstr.GetScaledValueFromIntOrPercent(s.MaxUnavailable, n, true)
		return min(most, n), "maxUnavailable", err == nil
	case s.MinAvailable != nil:
		least, err := intstr.GetScaledValueFromIntOrPercent(s.MinAvailable, n, true)
		return n - least, "minAvailable", err == nil
	}
	return 0, "", false
}

func (b *budget) value(field string) string {
	if field == "maxUnavailable" {
		return b.Spec.MaxUnavailable.String()
	}
	return b.Spec.MinAvailable.String()
}

func allowsNone(b *budget, report func(Finding)) {
	n, of := b.pods()
	about := fmt.Sprintf("with the %d pods of %s", n, of)
	if n == 0 {
		n, about = 100, "whatever it selects"
		if m := b.Spec.MinAvailable; m != nil && m.Type == intstr.Int {
			return
		}
	} else if n == 1 {
		about = "with the 1 pod of " + of
	}
	allowed, field, ok := b.allowed(n)
	if !ok || allowed > 0 {
		return
	}
	f := Finding{
		path:  "spec." + field,
		Wrong: fmt.Sprintf("%s: %s allows no eviction %s.", field, b.value(field), about),
		Cost: "The drain of a node that has one of these pods never ends, until somebody in a hurry deletes the pods, " +
			"all at once and without any budget.",
		Write: "Set maxUnavailable: 1.",
	}
	if n == 1 {
		f.Write = "Raise the replicas to 2 or more and set maxUnavailable: 1; or keep it as a sign that operators have to " +
			"ask first."
	}
	report(f)
}

func allowsAll(b *budget, report func(Finding)) {
	n, of := b.pods()
	if n < 2 {
		return
	}
	allowed, field, ok := b.allowed(n)
	if !ok || allowed < n {
		return
	}
	report(Finding{
		path:  "spec." + field,
		Wrong: fmt.Sprintf("%s: %s allows to evict all %d pods of %s at once.", field, b.value(field), n, of),
		Cost: fmt.Sprintf("It protects from nothing: nodes that are drained together leave nobody that answers, %.0f "+
			"requests (%g a second) each 10 s, until other pods are ready.",
			b.rate*10, b.rate),
		Write: "Set maxUnavailable: 1.",
	})
}
