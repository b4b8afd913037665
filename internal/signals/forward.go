package signals

// Forward decides who gets a signal that is passed on, for what descends from
// drainit by now: the child, if it handles the signal or is nothing that others are
// behind. Else those who handle it of what it wraps or runs: who can be reached from
// outside, or who serves at all, or everybody. Where nobody handles it the child gets
// it, as under tini.
func Forward(t Tree, sig Signal) []Target {
	root := &t.Root
	child := []Target{targetOf(root, 0)}
	if root.MasksUnknown || root.takes(sig) || len(root.Children)+len(t.Adopted) == 0 {
		return child
	}
	found := handlers(append([]Process{t.Root}, t.Adopted...), 0, sig)
	for _, least := range []Service{ServesOutside, ServesInside, ServesNobody} {
		if some := keep(found, func(t *Target) bool { return t.Serves >= least }); len(some) > 0 {
			return some
		}
	}
	return child
}

// takes reports whether p is who gets a signal: it handles it, or is another init,
// which passes it on in its own way.
func (p *Process) takes(sig Signal) bool {
	k := p.kind()
	return p.handles(sig) || k == kindInit || k == kindRelay
}

// handlers are the outermost of the processes, and of those below them, that handle a
// signal.
func handlers(list []Process, parent int, sig Signal) (found []Target) {
	for i := range list {
		p := &list[i]
		if p.takes(sig) {
			found = append(found, targetOf(p, parent))
		} else {
			found = append(found, handlers(p.Children, p.PID, sig)...)
		}
	}
	return found
}

// any reports whether f holds for a process of the tree.
func (t *Tree) any(f func(*Process) bool) bool {
	var below func([]Process) bool
	below = func(list []Process) bool {
		for i := range list {
			if f(&list[i]) || below(list[i].Children) {
				return true
			}
		}
		return false
	}
	return below([]Process{t.Root}) || below(t.Adopted)
}
