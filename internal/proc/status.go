package proc

import (
	"bytes"
	"fmt"
	"strconv"
)

// statusLimit is for the one line without a bound, Groups: 65536 of them.
const statusLimit = 1 << 20

// Status is what /proc/PID/status says of whose a process is and what signals
// do to it. Kernels other than Linux that imitate /proc (gVisor) leave lines
// out, so each fact can be missing.
type Status struct {
	Name  string // the kernel's, comm, with newlines and backslashes escaped (\\n, \\\\)
	UID   int    // effective, as this user namespace numbers it; -1 where missing; where int has 32 bits uint32(UID) is the uid
	NSPID []int  // the PID in each PID namespace from the reader's down to its own; nil where missing

	// Signal sets: bit n-1 is signal n. Blocked is that of the first thread,
	// the other two are the process's. None is valid without HasSignals.
	Blocked, Ignored, Caught uint64
	HasSignals               bool
}

// ReadStatus reads /proc/PID/status. A process that neither catches nor
// ignores anything is told apart from a kernel that does not say by
// HasSignals.
func ReadStatus(pid int) (Status, error) {
	name := path(pid, "status")
	b, err := read(name, make([]byte, 0, 2048), statusLimit)
	if err != nil {
		return Status{}, err
	}
	s, err := parseStatus(b)
	if err != nil {
		return Status{}, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

// parseStatus reads "Key:\tvalue" lines. The name of the process comes first
// and is escaped there (newline as \n), so it cannot forge a line.
func parseStatus(b []byte) (Status, error) {
	s := Status{UID: -1}
	masks := 0
	for line := range bytes.Lines(b) {
		key, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		var err error
		switch string(key) {
		case "Name":
			s.Name = string(bytes.TrimSuffix(bytes.TrimPrefix(line, []byte("Name:\t")), []byte("\n")))
		case "Uid": // real, effective, saved, file system
			err = parseUID(value, &s.UID)
		case "NSpid":
			s.NSPID, err = parsePIDs(value)
		case "SigBlk":
			s.Blocked, err = strconv.ParseUint(string(value), 16, 64)
			masks++
		case "SigIgn":
			s.Ignored, err = strconv.ParseUint(string(value), 16, 64)
			masks++
		case "SigCgt":
			s.Caught, err = strconv.ParseUint(string(value), 16, 64)
			masks++
		}
		if err != nil {
			return Status{}, fmt.Errorf("line %q: %w", bytes.TrimSpace(line), err)
		}
	}
	s.HasSignals = masks == 3
	return s, nil
}

func parseUID(value []byte, uid *int) error {
	fields := bytes.Fields(value)
	if len(fields) < 2 {
		return fmt.Errorf("want real and effective uid")
	}
	u, err := strconv.ParseUint(string(fields[1]), 10, 32)
	if err != nil {
		return err
	}
	*uid = int(u)
	return nil
}

func parsePIDs(value []byte) ([]int, error) {
	var pids []int
	for f := range bytes.FieldsSeq(value) {
		pid, err := strconv.Atoi(string(f))
		if err != nil {
			return nil, err
		}
		pids = append(pids, pid)
	}
	return pids, nil
}
