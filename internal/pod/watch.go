package pod

import (
	"context"
	"errors"
	"net"
	"time"
)

// Watch follows the peer of a name from now until it has gone, and tells what
// it does. It returns after the last Seen, which has Gone, or when ctx is done.
//
// One that is not there has gone, unless patient: then it is looked for again
// and again, at once whenever something comes from hurry, which may be nil.
//
// That a connection ends is not enough: the peer may have had too many. So it
// is looked for once more, and where nobody listens, or somebody else does, it
// has gone. Another drainit of the same user is followed in its place, as
// Restarted; a patient watch takes the first for gone then, too.
//
// Who talks what no drainit does is a Stranger, of whom nothing is known but that
// the name is held: it is looked at again from time to time, until the name is
// free or a drainit's.
func Watch(ctx context.Context, self Self, name string, patient bool, hurry <-chan struct{}, tell func(Seen)) {
	w := &watch{self: self, patient: patient, tell: tell, seen: Seen{Name: name}}
	defer survive(func(err error) { tell(Seen{Name: name, Gone: true, Absent: true, Err: err}) })
	var pauses backOff
	for !w.over {
		began := time.Now()
		again := w.look(ctx)
		if time.Since(began) > mostPause {
			pauses = 0
		}
		if again && pauses == 0 {
			pauses = 1
			continue
		}
		if w.over || !pauses.wait(ctx, hurry) {
			return
		}
	}
}

// takeover is how long a drainit may take, at most, to take its name from one that
// held it: see Server.claim, whose pauses it outlasts.
const takeover = mostPause + mostPause/2

// busyLimit is how often in a row a peer that was followed may take no
// connection; some 4 s. It has kept the one it had until it went, most likely,
// and somebody else sits on its name.
const busyLimit = 10

// watch is what is known of a peer.
type watch struct {
	self    Self
	patient bool
	tell    func(Seen)

	seen     Seen
	found    bool   // somebody listened
	instance string // of the drainit that is followed
	speaker  string // the instance that the other end of the connection says it is
	busy     int    // attempts in a row
	over     bool

	free time.Time // when nobody listened any more after one who never said what a drainit does
}

// look connects once and follows what is said until the connection ends. It
// reports whether to look again at once, since the peer may have gone.
func (w *watch) look(ctx context.Context) (again bool) {
	c, err := dial(ctx, w.self.PodID, w.seen.Name)
	if err == nil {
		w.busy, w.free = 0, time.Time{}
		w.follow(ctx, c)
		return !w.seen.Stranger
	}
	switch {
	case ctx.Err() != nil:
		w.over = true
	case isBusy(err):
		w.busy++
		if w.instance != "" && w.busy > busyLimit {
			w.gone(nil)
		}
		w.there()
	case w.found && w.instance == "" && !w.isFree():
	case w.found || !w.patient:
		w.gone(err)
	}
	return false
}

// isFree reports whether the name has been free for long enough. Who held it and
// was no drainit, by all it said, may have kept a drainit from it: that one comes
// now, if there is one.
func (w *watch) isFree() bool {
	if w.free.IsZero() {
		w.free = time.Now()
	}
	return time.Since(w.free) >= takeover
}

// there is told that somebody listens.
func (w *watch) there() {
	if !w.found {
		w.found = true
		w.tell(w.seen)
	}
}

// gone ends the watch.
func (w *watch) gone(err error) {
	w.seen.Gone, w.seen.Absent, w.over = true, !w.found, true
	if err != nil && !isRefused(err) {
		w.seen.Err = err
	}
	w.tell(w.seen)
}

// follow takes in what is said on a connection until it ends.
func (w *watch) follow(ctx context.Context, c *net.UnixConn) {
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	defer c.Close()
	uid, known := uidOf(c)
	if w.instance != "" && (uid != w.seen.UID || known != w.seen.Known) {
		w.gone(nil) // or the name would not have been to be had
		return
	}
	w.seen.UID, w.seen.Known, w.seen.Believed = uid, known, believed(uid, known)
	send(c, w.self.hello())
	w.there()
	w.speaker = ""
	if err := read(c, w.note); errors.Is(err, errStranger) {
		w.unlike()
	}
}

// unlike is told that the other end talks what no drainit does.
func (w *watch) unlike() {
	switch {
	case w.instance != "" && w.speaker != w.instance:
		w.gone(nil) // who was followed, or the name would not have been to be had
	case !w.seen.Stranger:
		w.seen.Stranger = true
		w.tell(w.seen)
	}
}

// note takes in what was said by now, and reports whether to go on.
func (w *watch) note(s *said) bool {
	w.speaker = s.instance
	if s.state == "" && !s.exited || w.seen.Stranger && s.instance == w.instance {
		return true // it has said nothing, or its word counts no more
	}
	other := w.instance != "" && w.instance != s.instance
	if other && w.patient {
		w.gone(nil)
		return false
	}
	before, first := w.seen, w.instance == ""
	w.instance = s.instance
	w.seen.Restarted, w.seen.Stranger = w.seen.Restarted || other, false
	w.seen.State, w.seen.Exited, w.seen.Status = s.state, s.exited, s.status
	w.seen.Order, w.seen.Differs = s.order, differs(w.self.Order, s.order)
	if first || !same(before, w.seen) {
		w.tell(w.seen)
	}
	return true
}

// same reports whether nothing has changed that is worth telling.
func same(a, b Seen) bool {
	return a.State == b.State && a.Exited == b.Exited && a.Restarted == b.Restarted && a.Stranger == b.Stranger && a.Differs == b.Differs
}
