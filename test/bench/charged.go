package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
)

const (
	// chargeRounds is how often each charge is taken, of which the median counts.
	chargeRounds = 5
	// chargeSettle is how long after the last thing that happened: the kernel's counts are 2 s late.
	chargeSettle = 3 * time.Second
)

// charges is what the inits add to the memory charge of their container.
type charges struct {
	cgroups memoryCgroups
	missing string               // why there are none, without this machine's paths
	idle    map[contender]charge // over none
	scraped []scrapedCharge      // of drainit, over none
}

// measureCharges runs listener under each init, in a memory cgroup of its own. That the programs' files are cached and
// charged to somebody else already is seen to first, as for the second container on a node.
func measureCharges(inits []contender, listener string) (*charges, error) {
	cgroups, err := findMemoryCgroups(listener)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: memory:", err)
		return &charges{missing: errNoCgroup.Error()}, nil
	}
	for _, c := range inits {
		if _, err := os.ReadFile(c.path); err != nil {
			return nil, err
		}
	}
	m := &charges{cgroups: cgroups, idle: map[contender]charge{}}
	all := append(slices.Clone(inits), none)
	idles := map[contender][]charge{}
	for range chargeRounds {
		at, err := m.idleOnce(all, listener)
		if err != nil {
			return nil, err
		}
		for c, charge := range at {
			idles[c] = append(idles[c], charge)
		}
	}
	alone := medianCharge(idles[none])
	for _, c := range inits {
		m.idle[c] = medianCharge(idles[c]).less(alone)
	}
	m.scraped, err = scrapeCharges(cgroups, inits[len(inits)-1], listener, alone)
	return m, err
}

// idleOnce runs all side by side and returns what each is charged with.
func (m *charges) idleOnce(all []contender, listener string) (map[contender]charge, error) {
	at := map[contender]*caged{}
	defer func() {
		for _, p := range at {
			p.end() //nolint:errcheck // the measurement is over
		}
	}()
	for _, c := range all {
		p, err := cage(m.cgroups, c.name, c, listener)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		at[c] = p
	}
	time.Sleep(chargeSettle)
	got := map[contender]charge{}
	for c, p := range at {
		var err error
		if got[c], err = m.cgroups.charge(p.dir); err != nil {
			return nil, err
		}
	}
	return got, nil
}

// caged is an init that runs in a memory cgroup of its own.
type caged struct {
	*running
	cgroups memoryCgroups
	dir     string
}

// cage starts program under an init in a new memory cgroup, which end removes.
func cage(cgroups memoryCgroups, name string, c contender, program string, env ...string) (*caged, error) {
	dir, err := cgroups.create(name)
	if err != nil {
		return nil, err
	}
	p, err := start(c, program, surroundings{cgroup: dir + "/cgroup.procs", env: env})
	if err != nil {
		return nil, errors.Join(err, cgroups.remove(dir))
	}
	return &caged{p, cgroups, dir}, nil
}

func (p *caged) end() error { return errors.Join(p.running.end(), p.cgroups.remove(p.dir)) }

// medianCharge returns the median of each part.
func medianCharge(series []charge) charge {
	part := func(of func(charge) int) int {
		var s []int
		for _, c := range series {
			s = append(s, of(c))
		}
		return median(s)
	}
	return charge{
		part(func(c charge) int { return c.anonymous }),
		part(func(c charge) int { return c.file }),
		part(func(c charge) int { return c.kernel }),
	}
}
