package drain

// Until is what must be true, besides that the delay is over, before the stop
// signal is sent.
type Until int

const (
	UntilDelay  Until = iota // nothing
	UntilIdle                // no request in flight, and no connection waits to be accepted
	UntilClosed              // no connection at all
)

var untilNames = [...]string{"delay", "idle", "closed"}

// Untils lists every Until, by name.
func Untils() []string { return untilNames[:] }

func (u Until) String() string { return untilNames[u] }

// holdsUp reports whether the stop signal waits for c.
func (u Until) holdsUp(c Connections) bool {
	switch u {
	case UntilIdle:
		return c.busy() > 0 || c.Program != ""
	case UntilClosed:
		return c.busy()+c.Idle > 0 || c.Program != ""
	}
	return false
}
