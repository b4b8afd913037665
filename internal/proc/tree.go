package proc

// Children returns the processes in all whose parent is pid, in the order of
// all. Zombies are among them.
func Children(all []Process, pid int) []Process {
	var list []Process
	for _, p := range all {
		if p.PPID == pid && p.PID != pid {
			list = append(list, p)
		}
	}
	return list
}

// Descendants returns the children of pid in all, then theirs, and so on, and
// never pid itself. A process whose parent ended is the descendant of whoever
// adopted it: PID 1 or a subreaper, PR_SET_CHILD_SUBREAPER(2const).
//
// all is read over some milliseconds, in which a PID may be used again, so it
// need not describe a tree: nobody is returned twice whatever it says.
func Descendants(all []Process, pid int) []Process {
	children := make(map[int][]Process)
	for _, p := range all {
		children[p.PPID] = append(children[p.PPID], p)
	}
	seen := map[int]bool{pid: true}
	var list []Process
	for parent, next := pid, 0; ; next++ {
		for _, p := range children[parent] {
			if !seen[p.PID] {
				seen[p.PID] = true
				list = append(list, p)
			}
		}
		if next == len(list) {
			return list
		}
		parent = list[next].PID
	}
}
