package tree

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Most is how many processes a tree has at most, and Budget how long its servers
// take to drain together, so that even one after the other they have the time.
const (
	Most   = 5
	Budget = 5 * time.Second
)

// maker makes a tree, and keeps count of what it may still have.
type maker struct {
	*rand.Rand
	left   int // processes
	budget time.Duration
	names  int
	marks  int
}

// Random makes the tree of a seed, always the same.
func Random(seed uint64) *Node {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 0)), left: Most, budget: Budget}
	return m.node(0)
}

// node makes a process with what is below it. Deeper down it is more often one
// without.
func (m *maker) node(depth int) *Node {
	m.left--
	switch n := m.IntN(10); {
	case m.left == 0 || depth > 2 || n < depth*2:
		return m.leaf()
	case n < 2 || n == 9:
		return m.wrapper(depth)
	default:
		return m.shell(depth)
	}
}

func (m *maker) leaf() *Node {
	switch n := m.IntN(10); {
	case n < 6:
		return m.server()
	case n < 8:
		m.names++
		return &Node{Kind: Job, Name: fmt.Sprint("job", m.names), Drain: time.Duration(m.IntN(3)) * 400 * time.Millisecond}
	}
	return &Node{Kind: Sleep}
}

func (m *maker) server() *Node {
	m.names++
	n := &Node{Kind: Server, Name: fmt.Sprint("server", m.names), Port: 8000 + m.names, Known: m.IntN(4) == 0}
	n.Drain = m.spend()
	if m.IntN(2) == 0 {
		n.Asked = m.spend()
	}
	return n
}

// spend takes some of what is left of the budget, in half seconds.
func (m *maker) spend() time.Duration {
	const step = 500 * time.Millisecond
	d := time.Duration(m.IntN(int(m.budget/step)+1)) * step
	m.budget -= d
	return d
}

// wrappers leave their child alone with a stop for as long as it takes.
var wrappers = []string{"nice -n 5", "setsid -w", "timeout 1000", "flock /t/lock", "env A=B", "stdbuf -oL"}

func (m *maker) wrapper(depth int) *Node {
	words := strings.Fields(wrappers[m.IntN(len(wrappers))])
	if words[0] == "flock" { // one for each
		m.names++
		words[1] += fmt.Sprint(m.names)
	}
	return &Node{Kind: Wrapper, Words: words, Main: m.node(depth + 1)}
}

func (m *maker) shell(depth int) *Node {
	m.marks++
	n := &Node{Kind: Shell, Words: []string{[]string{"sh", "bash", "busybox sh"}[m.IntN(3)]}, mark: fmt.Sprint("mark", m.marks)}
	m.left-- // Main's, or what is in its place
	for m.left > 0 && m.IntN(3) == 0 {
		n.Background = append(n.Background, m.node(depth+1))
	}
	m.left++
	n.Around = Form(m.IntN(int(forms)))
	if n.Around == Orphan && m.left < 2 {
		n.Around = Then
	}
	switch {
	case n.Background != nil && m.IntN(2) == 0:
		n.Trap = Trap(m.IntN(3))
		if n.Around >= Sub && n.Around != Condition { // which have no jobs to wait for
			n.Around = Then
		}
		if n.Trap == Tells { // them SIGTERM, which one that drains on SIGQUIT has no handler for
			n.Background[len(n.Background)-1].Each(func(b *Node) { b.Known = false })
		}
	case m.left > 1 && n.Around < Exec && m.IntN(4) == 0:
		n.Main = m.pipeline(depth)
	case n.Around == Orphan && m.left > 1:
		m.left-- // the sleep beside it
		n.Main = m.node(depth + 1)
	default:
		n.Main = m.node(depth + 1)
	}
	return n
}

// readers pass on what they read.
var readers = []string{"cat", "tee -a /t/read", "sed -u s/^/read:/", "grep --line-buffered -v nothing"}

func (m *maker) pipeline(depth int) *Node {
	m.left--
	m.names++
	reader := strings.Fields(readers[m.IntN(len(readers))])
	return &Node{Kind: Pipeline, Main: m.node(depth + 1), Reader: &Node{Kind: Reader, Words: reader}}
}
