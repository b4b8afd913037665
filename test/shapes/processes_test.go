package shapes_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// processes lists the commands (comm) that run in the container.
func (c *container) processes() []string { return slices.Collect(maps.Values(c.all())) }

// all are the processes of the container's PID namespace, with their commands.
func (c *container) all() map[int]string {
	own, err := os.Readlink("/proc/" + itoa(c.cmd.Process.Pid) + "/ns/pid")
	if err != nil {
		return nil
	}
	all := map[int]string{}
	links, _ := filepath.Glob("/proc/[0-9]*/ns/pid")
	for _, link := range links {
		if ns, err := os.Readlink(link); err != nil || ns != own {
			continue
		}
		dir := strings.TrimSuffix(link, "/ns/pid")
		pid, _ := strconv.Atoi(filepath.Base(dir))
		comm, _ := os.ReadFile(dir + "/comm")
		all[pid] = strings.TrimSpace(string(comm))
	}
	return all
}

// pids lists the processes of that name (comm), as they are seen from outside.
func (c *container) pids(name string) []int {
	var pids []int
	for pid, comm := range c.all() {
		if comm == name {
			pids = append(pids, pid)
		}
	}
	return pids
}
