package rules

import (
	"fmt"
	"time"

	"drainit/cmd/drainlint/internal/manifest"
)

// podChecks are those of rule 1: more than one pod, not stopped all at once.
func podChecks() []*Check {
	return []*Check{
		{ID: "one-replica", Rule: 1, Level: Warning, Says: "one replica answers all requests", Source: disruptions,
			Others: [3]string{"minimum-three-replicas, hpa-minimum-three-replicas", "", "deploymentMissingReplicas, " +
				"hpaMinAvailability"}, pod: oneReplica},
		{ID: "pdb-missing", Rule: 1, Level: Note, Says: "no PodDisruptionBudget for several replicas", Source: disruptions,
			Others: [3]string{"pod-disruption-budget", "deployment-has-poddisruptionbudget, " +
				"statefulset-has-poddisruptionbudget", "missingPodDisruptionBudget"}, pod: budgetMissing},
		{ID: "pdb-overlap", Rule: 1, Level: Error, Says: "two PodDisruptionBudgets for one pod", Source: budgetsPage,
			pod: budgetsOverlap},
		{ID: "pdb-allows-none", Rule: 1, Level: Warning, Says: "a PodDisruptionBudget that allows no eviction",
			Source: budgetsPage,
			Others: [3]string{"pdb-max-unavailable, pdb-min-available", "", "pdbDisruptionsIsZero"}, budget: allowsNone},
		{ID: "pdb-allows-all", Rule: 1, Level: Warning, Says: "a PodDisruptionBudget that allows all evictions at once",
			Source: budgetsPage, budget: allowsAll},
	}
}

func oneReplica(p *pod, report func(Finding)) {
	if p.replicas != 1 || !p.served() {
		return
	}
	f := Finding{path: "spec.replicas"}
	start := "until its successor is ready"
	switch {
	case p.Kind == "Pod":
		f.path = p.PodPath
		f.Wrong = "It is one pod without a controller, and it alone answers."
		f.Write = "Make it a Deployment with replicas: 2 or more."
		start = "for good, since nothing makes another"
	case !p.fixed:
		f.Wrong = "Its autoscaler may go down to 1 replica, which alone answers then."
		f.Write = "Set minReplicas: 2 or more."
	default:
		f.Wrong = "It has 1 replica, which alone answers."
		if p.Replicas == nil {
			f.Wrong = "It has 1 replica, the default of replicas, which alone answers."
		}
		f.Write = "Set replicas: 2 or more; if there can be one only (a volume or a lock for one writer), plan this gap, " +
			"since nothing closes it."
	}
	when := "Each eviction, as in the drain of a node,"
	if p.StatefulSet != nil {
		when = "Each rollout and each eviction"
	}
	f.Cost = fmt.Sprintf("%s leaves nobody that answers %s: %s each 10 s.", when, start, p.requests(10*time.Second))
	report(f)
}

func budgetMissing(p *pod, report func(Finding)) {
	if p.replicas < 2 || !p.served() || len(budgetsOf(p)) > 0 {
		return
	}
	f := Finding{
		path:  "spec.replicas",
		Wrong: fmt.Sprintf("No PodDisruptionBudget of the input selects its %d pods.", p.replicas),
		Cost: fmt.Sprintf("Evictions may take all %d at once, as when the nodes that have them are drained together: %s "+
			"each 10 s, until others are ready.",
			p.replicas, p.all(10*time.Second)),
		Write: "Add a PodDisruptionBudget with maxUnavailable: 1 and this workload's labels as its selector.",
	}
	for _, b := range p.set.Budgets {
		if b.With(p.Object) && !selectsAny(b, p.set) {
			f.Wrong = fmt.Sprintf("No PodDisruptionBudget of the input selects its %d pods; %s selects none at all.",
				p.replicas, b.Name)
			break
		}
	}
	report(f)
}

func budgetsOverlap(p *pod, report func(Finding)) {
	found := budgetsOf(p)
	if len(found) < 2 || p.DaemonSet != nil {
		return
	}
	var names []string
	for _, b := range found {
		names = append(names, b.Name)
	}
	report(Finding{
		Wrong: fmt.Sprintf("%d PodDisruptionBudgets select its pods: %s.", len(found), list(names)),
		Cost: "The eviction API refuses to evict a pod that has more than one, so the drain of a node does not end until " +
			"somebody deletes the pods, without any budget.",
		Write: "Keep one of them, or narrow their selectors.",
	})
}

func budgetsOf(p *pod) []*manifest.Budget {
	var found []*manifest.Budget
	for _, b := range p.set.Budgets {
		if b.With(p.Object) && matches(b.Spec.Selector, p.Workload) {
			found = append(found, b)
		}
	}
	return found
}

func selectsAny(b *manifest.Budget, set *manifest.Set) bool {
	for _, w := range set.Workloads {
		if b.With(w.Object) && matches(b.Spec.Selector, w) {
			return true
		}
	}
	return false
}
