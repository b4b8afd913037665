// Package tree makes random trees of processes, as entrypoints make them: shells,
// wrappers, pipelines, background jobs, servers and helpers, five at most.
//
// A tree can be run, as a command line (Argv), and thought about, as a list of
// processes (Processes): what the tests of real trees and the fuzz test of the
// rule that says who is told what have in common. It knows nothing of drainit.
package tree

import "time"

// Kind is what a node of the tree is.
type Kind int

const (
	Server   Kind = iota // listens, and drains for a while on its signal
	Job                  // has a handler for SIGTERM and ends a little later
	Sleep                // has no handler
	Wrapper              // starts Main, waits for it, and does what it does with signals
	Shell                // runs Background, then Main in one of the Forms
	Pipeline             // of a Shell's Main: Main's output goes to Reader
	Reader               // passes on what it reads
)

// Form is what a shell does around its Main.
type Form int

const (
	Last      Form = iota // main
	Then                  // main; mark
	And                   // main && mark
	Or                    // main || mark
	While                 // while true; do main; mark; done
	Until                 // until main; do mark; done; mark
	Sub                   // (main; mark); mark
	Condition             // if main; then mark; else mark; fi
	Exec                  // exec main
	Orphan                // (main &); sleep 1000; mark
	forms                 // how many there are
)

// Trap is a shell's handler for SIGTERM.
type Trap int

const (
	None  Trap = iota
	Exits      // it says so, and exits
	Tells      // it passes SIGTERM on to the last background job and waits for it
)

// Node is a process, or a pipeline of two.
type Node struct {
	Kind   Kind
	Name   string        // in the diary, of servers and jobs
	Port   int           // of servers
	Drain  time.Duration // of servers and jobs, once told
	Asked  time.Duration // of servers: how long the request in flight takes, 0 for none
	Known  bool          // of servers: one that the table of programs has, which drains on SIGQUIT
	Words  []string      // of wrappers: what is before the command; of shells: its name
	Around Form
	Trap   Trap
	// Background are a shell's jobs; Main is nil where it waits for them. Reader is
	// a pipeline's.
	Background   []*Node
	Main, Reader *Node
	mark         string // what the shell's marks are called
}

// Each calls f for a node and all below it.
func (n *Node) Each(f func(*Node)) {
	if n == nil {
		return
	}
	f(n)
	for _, b := range n.Background {
		b.Each(f)
	}
	n.Main.Each(f)
	n.Reader.Each(f)
}

// All lists the nodes of a kind.
func (n *Node) All(k Kind) []*Node {
	var all []*Node
	n.Each(func(m *Node) {
		if m.Kind == k {
			all = append(all, m)
		}
	})
	return all
}
