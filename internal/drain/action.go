package drain

import "time"

// Action is something to be done now, in the order given.
type Action interface{ action() }

type (
	// Enter reports that a state was entered. It comes after the deeds of the
	// transition: act first, then log.
	Enter struct {
		State State
		Why   string
	}

	// Unready turns readiness red for good.
	Unready struct{}

	// Ask finds out what there is to hold the stop signal for, all at once and
	// beside everything else, and answers with Facts, once. An answer that comes
	// later than Within is of no use.
	Ask struct{ Within time.Duration }

	// Look looks at the program's connections and answers with Observed, once.
	// It may take a while, in which everything else goes on. Awaited: the delay is over,
	// so that the program is asked too.
	Look struct{ Awaited bool }

	// Meet looks at each peer before this one in the stop order, now and at every
	// change, and answers with PeerSeen.
	Meet struct{}

	// Front tells the front something.
	Front struct{ Do FrontDeed }

	// Act does the actions of the instants named, in their order, and answers
	// with ActionsDone, once; sooner than Within, or not at all.
	Act struct {
		Drain, Stop bool
		Within      time.Duration
	}

	// Replaced says that another signal counts as the stop request from now on.
	Replaced struct{}

	// Skip says that the actions of the instants named are not done, since no time is left for them.
	Skip struct{ Drain, Stop bool }

	// Forward passes a signal on that is not a stop request.
	Forward struct{ Signal Signal }

	// StopSignal sends a signal of the stop signal's schedule: step 0 the stop
	// signal itself and SIGCONT, then what follows. The step that auto adds is
	// nothing where the program has no fast signal.
	StopSignal struct{ Step int }

	// Kill sends SIGKILL to everything drainit answers for.
	Kill struct{}

	// Sweep asks the leftovers to end.
	Sweep struct{}

	// KillLeftovers sends SIGKILL to what the sweep did not end.
	KillLeftovers struct{}

	// Progress says what is waited for.
	Progress struct{ WaitingFor string }

	// Exit leaves with the status. Nothing follows it.
	Exit struct{ Status int }
)

func (Enter) action()         {}
func (Unready) action()       {}
func (Ask) action()           {}
func (Look) action()          {}
func (Meet) action()          {}
func (Front) action()         {}
func (Act) action()           {}
func (Replaced) action()      {}
func (Skip) action()          {}
func (Forward) action()       {}
func (StopSignal) action()    {}
func (Kill) action()          {}
func (Sweep) action()         {}
func (KillLeftovers) action() {}
func (Progress) action()      {}
func (Exit) action()          {}
