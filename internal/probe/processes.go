package probe

// Processes counts the container's processes. Nil: not known.
type Processes struct {
	All, Zombies    *int // zombies are among all
	PIDs, PIDsLimit *int // threads included, as the limit counts them; no limit: nil
}

// collectProcesses sends what is known of them.
func (m *metrics) collectProcesses(out samples, p Processes) {
	for _, one := range []struct {
		of metric
		n  *int
	}{{m.processes, p.All}, {m.zombies, p.Zombies}, {m.pids, p.PIDs}, {m.pidsLimit, p.PIDsLimit}} {
		if one.n != nil {
			out.send(one.of, float64(*one.n))
		}
	}
}
