package rules

import (
	"cmp"
	"slices"
	"strings"

	"drainit/cmd/drainlint/internal/manifest"
)

// Finding is what a check says of an object.
type Finding struct {
	Check     *Check
	File      string
	Line      int
	Object    string // Deployment shop/web
	Container string // empty: of the whole object

	path  string // of the field it is about
	Wrong string // one sentence each: what is wrong,
	Cost  string // what it costs,
	Write string // and what to write
}

// Where returns "Deployment shop/web, container server".
func (f Finding) Where() string {
	if f.Container == "" {
		return f.Object
	}
	return f.Object + ", container " + f.Container
}

// SkipAnnotation names checks that are not made of an object: drainlint/skip: one-replica,pdb-missing.
const SkipAnnotation = "drainlint/skip"

// Options are what the judge is told.
type Options struct {
	Rate float64         // requests a second to a workload, for what a finding costs
	Skip map[string]bool // checks that are not made
}

// Judge returns the findings of a set, in the order of the files.
func Judge(set *manifest.Set, o Options) []Finding {
	var all []Finding
	var pods []*pod
	for _, w := range set.Workloads {
		if p := newPod(set, w, o.Rate); p.replicas != 0 { // else it is switched off
			pods = append(pods, p)
		}
	}
	for _, c := range Checks() {
		if o.Skip[c.ID] {
			continue
		}
		report := func(of manifest.Object) func(Finding) {
			return func(f Finding) {
				f.Check, f.File, f.Object, f.Line = c, of.File, of.String(), of.Line(f.path)
				if !skips(of, c.ID) {
					all = append(all, f)
				}
			}
		}
		if c.pod != nil {
			for _, p := range pods {
				c.pod(p, report(p.Object))
			}
		}
		if c.budget != nil {
			for _, b := range set.Budgets {
				c.budget(&budget{Budget: b, set: set, rate: o.Rate}, report(b.Object))
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Check.Rule, b.Check.Rule))
	})
	return all
}

// skips reports whether the object's annotation names the check.
func skips(o manifest.Object, id string) bool {
	for name := range strings.SplitSeq(o.Annotations[SkipAnnotation], ",") {
		if strings.TrimSpace(name) == id {
			return true
		}
	}
	return false
}
