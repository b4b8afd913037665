package proc

import "bytes"

// Count returns how many processes /proc shows, zombies included, and how many of
// them are zombies: have ended, and were not waited for. It looks at no more than
// most of them. One whose first thread has ended while others go on (pthread_exit(3)
// in main) has a zombie's state and is none.
func Count(most int) (all, zombies int, err error) {
	var buf [statSize]byte
	err = eachPID(dir, func(pid int) (goesOn bool) {
		b, gone := read(path(pid, "stat"), buf[:], len(buf))
		if gone != nil {
			return true
		}
		all++
		if isZombie(b) {
			zombies++
		}
		return all != most
	})
	return all, zombies, err
}

// isZombie reads the state and num_threads of a /proc/PID/stat, proc_pid_stat(5).
func isZombie(stat []byte) bool {
	const threads = 17 // counted from the state, which follows the name
	rest := stat[bytes.LastIndexByte(stat, ')')+1:]
	if !bytes.HasPrefix(rest, []byte(" Z ")) {
		return false
	}
	fields := bytes.Fields(rest)
	return len(fields) > threads && string(fields[threads]) == "1"
}
