package main

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"time"
)

// recordPath is what was measured, of which the document is made: each machine's last run, for they take long.
const recordPath = "test/vm/measured.json"

// A record is a machine's run.
type record struct {
	Machine string   `json:"machine"`
	Date    string   `json:"date"`
	Drainit string   `json:"drainit"`
	Qemu    string   `json:"qemu"`
	Pack    string   `json:"package"`
	Kernel  string   `json:"kernel"`
	Suites  []suite  `json:"suites"`
	Skipped []string `json:"skipped"`
	Stories []told   `json:"stories"`
	Seconds int      `json:"seconds"` // of the host's processor time
	Failed  []string `json:"failed,omitempty"`
}

func recordOf(r result, drainit, qemu string, at time.Time) record {
	return record{
		Machine: r.machine.name, Date: at.UTC().Format(time.DateOnly), Drainit: drainit, Qemu: qemu, Pack: r.pack, Kernel: r.kernel,
		Suites: r.suites, Skipped: r.skipped, Stories: r.stories, Seconds: int(r.cpu.Seconds()), Failed: r.problems(),
	}
}

// readRecords returns the records of a file, none if it is not there.
func readRecords(path string) ([]record, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var records []record
	return records, json.Unmarshal(text, &records)
}

// merge puts newer records in the place of older ones, in the order of the machines.
func merge(old, newer []record) []record {
	var merged []record
	for _, m := range machines {
		of := func(r record) bool { return r.Machine == m.name }
		if i := slices.IndexFunc(newer, of); i >= 0 {
			merged = append(merged, newer[i])
		} else if i := slices.IndexFunc(old, of); i >= 0 {
			merged = append(merged, old[i])
		}
	}
	return merged
}

// write puts records into the file, and the document made of them beside it.
func write(document string, newer []record) error {
	old, err := readRecords(recordPath)
	if err != nil {
		return err
	}
	records := merge(old, newer)
	text, err := json.MarshalIndent(records, "", "\t")
	if err != nil {
		return err
	}
	if err := os.WriteFile(recordPath, append(text, '\n'), 0o644); err != nil {
		return err
	}
	return os.WriteFile(document, []byte(markdown(records)), 0o644)
}
