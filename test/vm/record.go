package main

import (
	"time"

	"drainit/test/where"
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
	Least   int      `json:"least,omitempty"` // memory.max, in bytes
	Seconds int      `json:"seconds"`         // of the host's processor time
	Failed  []string `json:"failed,omitempty"`
}

func recordOf(r result, drainit, qemu string, at time.Time) record {
	return record{
		Machine: r.machine.name, Date: at.UTC().Format(time.DateOnly), Drainit: drainit, Qemu: qemu, Pack: r.pack, Kernel: r.kernel,
		Suites: r.suites, Skipped: r.skipped, Stories: r.stories, Least: r.least, Seconds: int(r.cpu.Seconds()), Failed: r.problems(),
	}
}

func (r record) name() string { return r.Machine }

// write puts records into the file, and what is made of them into the document.
func write(document string, newer []record) error {
	return where.Update(recordPath, newer, names(), record.name, document, part, markdown)
}
