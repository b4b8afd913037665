package look

import (
	"drainit/internal/probe"
	"drainit/internal/proc"
)

// processesCounted bounds what a scrape costs: of a container with more processes
// no more than these are counted.
const processesCounted = 512

// Count looks at the container's processes, as /proc shows them, and at
// its pids cgroup.
func Count() (p probe.Processes) {
	if used, limit, ok := proc.PIDs(); ok {
		p.PIDs = &used
		if limit > 0 {
			p.PIDsLimit = &limit
		}
	}
	if proc.Check() != nil {
		return p
	}
	if all, zombies, err := proc.Count(processesCounted); err == nil {
		p.All, p.Zombies = &all, &zombies
	}
	return p
}
