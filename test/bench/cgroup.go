package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// memoryCgroups is where memory cgroups of one's own can be made.
type memoryCgroups struct {
	parent string // an existing cgroup's directory
	v2     bool
}

func (m memoryCgroups) String() string {
	if m.v2 {
		return "cgroup v2"
	}
	return "cgroup v1"
}

// charge is what a memory cgroup is charged with, in KiB. It is read as a sum of parts, not as memory.current or
// memory.usage_in_bytes: those have in them what each CPU has been given in advance, up to 64 pages.
type charge struct {
	anonymous int
	file      int // page cache that nobody else was charged with before
	kernel    int // stacks of threads, page tables, sockets, descriptors
}

func (c charge) total() int { return c.anonymous + c.file + c.kernel }

func (c charge) less(d charge) charge {
	return charge{c.anonymous - d.anonymous, c.file - d.file, c.kernel - d.kernel}
}

var errNoCgroup = errors.New("no memory cgroup can be made here")

// findMemoryCgroups looks for a place in which program can be run, by running it.
func findMemoryCgroups(program string) (memoryCgroups, error) {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return memoryCgroups{}, err
	}
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return memoryCgroups{}, err
	}
	errs := []error{errNoCgroup}
	for _, m := range places(string(mounts), string(own)) {
		p, err := cage(m, "try", none, program)
		if err == nil {
			return m, p.end()
		}
		errs = append(errs, err)
	}
	return memoryCgroups{}, errors.Join(errs...)
}

// places returns where a memory cgroup may be made, nearest first, according to a process's mountinfo and cgroup files
// (proc(5), cgroups(7)): in its own cgroup or any above it.
func places(mountinfo, cgroup string) []memoryCgroups {
	var all []memoryCgroups
	for line := range strings.Lines(mountinfo) {
		before, after, _ := strings.Cut(line, " - ")
		mount, fs := strings.Fields(before), strings.Fields(after)
		if len(mount) < 5 || len(fs) < 3 {
			continue
		}
		v2 := fs[0] == "cgroup2"
		if !v2 && (fs[0] != "cgroup" || !slices.Contains(strings.Split(fs[2], ","), "memory")) {
			continue
		}
		root, point := mount[3], mount[4]
		below := strings.TrimPrefix(membership(cgroup, v2), strings.TrimSuffix(root, "/"))
		for dir := filepath.Join(point, below); strings.HasPrefix(dir, point); dir = filepath.Dir(dir) {
			all = append(all, memoryCgroups{dir, v2})
		}
	}
	return all
}

// membership returns a process's cgroup in the hierarchy of memory cgroups of v1, or in that of v2.
func membership(cgroup string, v2 bool) string {
	for line := range strings.Lines(cgroup) {
		field := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		if len(field) < 3 {
			continue
		}
		if v2 && field[0] == "0" || !v2 && slices.Contains(strings.Split(field[1], ","), "memory") {
			return field[2]
		}
	}
	return "/"
}

// create makes a cgroup that is charged for memory, or says why there can be none.
func (m memoryCgroups) create(name string) (string, error) {
	dir := filepath.Join(m.parent, fmt.Sprintf("bench-%d-%s", os.Getpid(), name))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	if _, err := m.charge(dir); err != nil { // v2: the parent does not hand the controller on
		m.remove(dir) //nolint:errcheck // it was empty
		return "", err
	}
	return dir, nil
}

// remove removes a cgroup. The last of its processes may still be on its way out of it.
func (m memoryCgroups) remove(dir string) error {
	err := os.Remove(dir)
	for range 100 {
		if err == nil {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
		err = os.Remove(dir)
	}
	return err
}

// charge reads what a cgroup is charged with. The kernel brings these counts up to date every 2 s.
func (m memoryCgroups) charge(dir string) (charge, error) {
	text, err := os.ReadFile(filepath.Join(dir, "memory.stat"))
	if err != nil {
		return charge{}, err
	}
	stat := string(text)
	if m.v2 {
		kernel := count(stat, "kernel") // since Linux 5.18; before that its parts alone
		if kernel == 0 {
			kernel = count(stat, "kernel_stack") + count(stat, "pagetables") + count(stat, "percpu") + count(stat, "slab")
		}
		return inKiB(count(stat, "anon"), count(stat, "file"), kernel+count(stat, "sock")), nil
	}
	kernel, err := os.ReadFile(filepath.Join(dir, "memory.kmem.usage_in_bytes"))
	if err != nil {
		return charge{}, err
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(kernel)))
	return inKiB(count(stat, "rss"), count(stat, "cache"), n), err
}

func inKiB(anonymous, file, kernel int) charge {
	return charge{anonymous >> 10, file >> 10, kernel >> 10}
}

// count returns the number after name in a cgroup's memory.stat, or 0 if it is not there.
func count(stat, name string) int {
	for line := range strings.Lines(stat) {
		if value, found := strings.CutPrefix(line, name+" "); found {
			n, _ := strconv.Atoi(strings.TrimSpace(value))
			return n
		}
	}
	return 0
}
