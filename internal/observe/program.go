package observe

import (
	"slices"
	"strings"
	"sync"
	"time"

	"drainit/internal/drain"
	"drainit/internal/idle"
)

const (
	// askEvery is how long the program is left alone between two questions at least, and
	// askRest how many times what the last one took.
	askEvery = time.Second
	askRest  = 10

	// idleAnswers is how many answers in a row must be that it is idle: between two jobs
	// there may be a moment without any.
	idleAnswers = 2
)

// Program is what the program itself says of its work, while that is waited for. A nil one
// is never asked.
type Program struct {
	checks []*idle.Check

	mu   sync.Mutex
	next time.Time // not to be asked before
	idle int       // answers in a row
	says string    // what it is busy with, see drain.Connections
}

// NewProgram returns one that has not been asked, nil without checks.
func NewProgram(checks []*idle.Check) *Program {
	if len(checks) == 0 {
		return nil
	}
	return &Program{checks: checks}
}

// Add adds to a look what the program says. The answer is a second old at most where
// that was short, and it takes [idle.Limit] at most.
func (p *Program) Add(seen drain.Observed) drain.Observed {
	if p == nil {
		return seen
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if began := time.Now(); !began.Before(p.next) {
		p.ask()
		p.next = time.Now().Add(max(askEvery, askRest*time.Since(began)))
	}
	seen.Settled = false // what it says changes
	seen.Connections.Program = p.says
	return seen
}

// ask asks all at once.
func (p *Program) ask() {
	busy := make([]string, len(p.checks))
	var all sync.WaitGroup
	for i, c := range p.checks {
		all.Go(func() {
			if a := c.Ask(); !a.Idle {
				busy[i] = c.String() + " (" + a.Says + ")"
			}
		})
	}
	all.Wait()
	busy = slices.DeleteFunc(busy, func(s string) bool { return s == "" })
	switch {
	case len(busy) > 0:
		p.idle, p.says = 0, "the program is busy by "+strings.Join(busy, " and ")
	default:
		p.idle++
		p.says = "the program was idle once"
		if p.idle >= idleAnswers {
			p.says = ""
		}
	}
}
