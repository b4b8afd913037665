package pod

// Event is news for whoever asked to be told.
type Event interface{ event() }

type (
	// Held says that the name is held by another, and that it is waited for it
	// to go.
	Held struct {
		UID      uint32
		Known    bool // the UID is
		Believed bool // a drainit like this one, as far as can be told
	}

	// Served says that the name is this one's from now on. Late: another held it before.
	Served struct{ Late bool }

	// NotServed says that the name cannot be had at all.
	NotServed struct{ Err error }

	// Visited says that a peer that is believed has connected, and who it says it is.
	Visited struct {
		Name    string
		Order   []string
		Differs bool // its order from this one's
	}

	// Seen says what is known of a peer by now. It comes first when something is
	// known, and again at each change.
	Seen struct {
		Name  string
		State string // what it does, in its own words; "" while it has said nothing

		Gone      bool // it is no more; nothing follows
		Absent    bool // and was not there when looked for first
		Exited    bool // it has said with what status it leaves
		Status    int
		Stranger  bool // who listens under the name talks what no drainit does; what it said before still stands
		Err       error
		Restarted bool // since it was seen first

		UID      uint32
		Known    bool // the UID is
		Believed bool

		Order   []string
		Differs bool // its order from this one's
	}
)

func (Held) event()      {}
func (Served) event()    {}
func (NotServed) event() {}
func (Visited) event()   {}
func (Seen) event()      {}
