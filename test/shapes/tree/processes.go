package tree

import (
	"path"
	"strings"
	"syscall"
)

// Process is a node as one sees it in /proc, for who thinks about trees.
type Process struct {
	PID, Parent int // the root's parent is 0, that of an orphan 1, the init
	Comm        string
	Argv        []string
	Handles     []syscall.Signal // what it has said something of
	Listens     bool
	InFlight    bool
	WritesTo    int // the PID of who reads its standard output, 0 if nobody does
	Node        *Node
}

// Processes lists a tree's processes as they are while it runs, the root first,
// each after its parent, with PIDs from 2 on. A subshell counts as one, which some
// shells make and others save; a shell that is to execute its command has not yet.
func (n *Node) Processes() []Process {
	l := &lister{}
	l.add(n, 0, 0)
	return l.all
}

type lister struct{ all []Process }

// add adds a node and what is below it. A shell that runs its last command becomes
// it in some shells; here it never does.
func (l *lister) add(n *Node, parent, writesTo int) int {
	if n.Kind == Pipeline {
		reader := l.add(n.Reader, parent, 0)
		return l.add(n.Main, parent, reader)
	}
	argv := n.Argv()
	p := Process{PID: len(l.all) + 2, Parent: parent, Comm: comm(argv[0]), Argv: argv, WritesTo: writesTo, Node: n,
		Handles: n.handles(), Listens: n.Kind == Server, InFlight: n.Asked > 0}
	l.all = append(l.all, p)
	for _, b := range n.Background {
		l.add(b, p.PID, writesTo)
	}
	below := p.PID
	if n.Kind == Shell && n.Around == Sub {
		below = len(l.all) + 2
		l.all = append(l.all, Process{PID: below, Parent: p.PID, Comm: p.Comm, Argv: argv, WritesTo: writesTo, Node: n})
	}
	if n.Kind == Shell && n.Around == Orphan {
		beside := Process{PID: len(l.all) + 2, Parent: p.PID, Comm: "sleep", Argv: []string{"sleep", "1000"}, WritesTo: writesTo, Node: n}
		l.all = append(l.all, beside)
		below = 1
	}
	if n.Main != nil {
		l.add(n.Main, below, writesTo)
	}
	return p.PID
}

// comm is what the kernel calls a command: 15 bytes of its file's name.
func comm(file string) string {
	name := path.Base(file)
	return name[:min(len(name), 15)]
}

func (n *Node) handles() []syscall.Signal {
	switch {
	case n.Kind == Server && n.Known:
		return []syscall.Signal{syscall.SIGQUIT}
	case n.Kind == Server, n.Kind == Job, n.Kind == Shell && n.Trap != None:
		return []syscall.Signal{syscall.SIGTERM}
	case n.Kind == Wrapper && strings.HasPrefix(n.Words[0], "timeout"):
		return []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP}
	}
	return nil
}
