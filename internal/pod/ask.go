package pod

import (
	"context"
	"errors"
	"sync"
	"time"
)

// askLimit bounds the question what a peer is doing.
const askLimit = 200 * time.Millisecond

// Ask asks the peers what they do now, all at once. It takes 200 ms at most,
// and says of each what is known by then, in the order of names. With greet
// they are told who asks.
func Ask(ctx context.Context, self Self, names []string, greet bool) []Seen {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	answers := make([]Seen, len(names))
	var all sync.WaitGroup
	for i, name := range names {
		all.Go(func() { answers[i] = ask(ctx, self, name, greet) })
	}
	all.Wait()
	return answers
}

func ask(ctx context.Context, self Self, name string, greet bool) (seen Seen) {
	seen.Name = name
	defer survive(func(err error) { seen = Seen{Name: name, Gone: true, Absent: true, Err: err} })
	c, err := dial(ctx, self.PodID, name)
	switch {
	case err == nil:
	case isBusy(err) || ctx.Err() != nil:
		return seen
	case isRefused(err):
		seen.Gone, seen.Absent = true, true
		return seen
	default:
		seen.Gone, seen.Absent, seen.Err = true, true, err
		return seen
	}
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	defer c.Close()
	seen.UID, seen.Known = uidOf(c)
	seen.Believed = believed(seen.UID, seen.Known)
	if greet {
		send(c, self.hello())
	}
	err = read(c, func(s *said) bool {
		seen.State, seen.Exited, seen.Status = s.state, s.exited, s.status
		seen.Order, seen.Differs = s.order, differs(self.Order, s.order)
		return s.state == "" && !s.exited
	})
	seen.Stranger = errors.Is(err, errStranger)
	return seen
}
