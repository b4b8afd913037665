package front

import "time"

const (
	// ackTime is how long a client may take to say that it has read that the connection
	// leaves, and so how far it may be away.
	ackTime = 3 * time.Second

	// crossTime is how long after that a stream may still come that was on its way: a
	// client's threads write in the order in which they get to it.
	crossTime = 100 * time.Millisecond

	// halfTime is how long clients may go on with requests that are answered.
	halfTime = time.Second
)

// A departure is how a connection of HTTP/2 ends without a lost request (RFC 9113,
// section 6.8). First the client is told that it ends, and may still say what it likes;
// by its answer to a PING it is known to have read that. Only then it is told which
// stream is the last one, and those above are not passed on, so that it may repeat them.
//
// That is left until no stream is open, and then the connection ends: whatever comes
// before it is served. Once the front is closed it is said at once. Streams that have been
// answered for long are no reason to stay when its turn has come; they end with the
// connection, as they would with the program. It is pure.
type departure struct {
	asked   time.Time     // the connection leaves since then; zero: it does not
	hurried time.Time     // nothing new is to be taken in; zero: it still is
	told    time.Time     // that it leaves
	acked   time.Time     // that
	final   time.Time     // the last stream was told
	last    uint32        // what the client was told to be that, by the program, too
	passed  uint32        // the last one that went on
	ping    [8]byte       // what it acknowledges
	long    time.Duration // longTime
	turn    bool          // what has been answered for long need not end by itself
}

// next is what to say to the client now, when to look again (zero: when something has
// happened), and whether the connection is over with it.
func (d *departure) next(now time.Time, s *streams) (say []byte, again time.Time, over bool) {
	if d.asked.IsZero() {
		return nil, again, false
	}
	if d.told.IsZero() {
		d.told = now
		say = appendGoAway(nil, d.last, noFault, "")
		say = appendFrame(say, framePing, 0, 0, d.ping[:]...)
	}
	if due := d.settled(); now.Before(due) {
		return say, due, false
	}
	stays, until := d.stays(now, s)
	if d.final.IsZero() && (!stays || !d.hurried.IsZero()) {
		d.final, d.last, d.passed = now, min(d.last, s.highest), s.highest
		say = appendGoAway(say, d.last, noFault, "")
	}
	if stays {
		return say, until, false
	}
	if half := d.final.Add(halfTime); len(s.open) > s.inFlight && now.Before(half) {
		return say, half, false
	}
	return say, again, true
}

// stays reports whether something is in flight that is waited for, and until when; zero:
// until something has happened.
func (d *departure) stays(now time.Time, s *streams) (is bool, until time.Time) {
	if s.inFlight == 0 || !d.turn {
		return s.inFlight > 0, until
	}
	if last := s.lastAnswer(); !last.IsZero() {
		until = last.Add(d.long)
	}
	return until.IsZero() || now.Before(until), until
}

// settled is when no stream is on its way any more that was begun before the client knew.
func (d *departure) settled() time.Time {
	due := d.told.Add(ackTime)
	if hurried := later(d.told, d.hurried).Add(firstTime); !d.hurried.IsZero() && hurried.Before(due) {
		due = hurried
	}
	if acked := d.acked.Add(crossTime); !d.acked.IsZero() && acked.Before(due) {
		due = acked
	}
	return due
}

// refuses reports whether the client may repeat a stream of its own, so that it is not
// passed on.
func (d *departure) refuses(stream uint32) bool {
	return !d.final.IsZero() && stream%2 == 1 && stream > d.passed
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
