package front

import "time"

// streams are those of a connection of HTTP/2 that are open. One is in flight until it
// is answered: until the program has ended its side of it, or either side has reset it.
type streams struct {
	open     map[uint32]h2Stream
	inFlight int    // of them, those that are not answered
	highest  uint32 // the client's last one

	half      uint32    // the client's last one, where its head has begun and is not whole; 0: it is
	halfSince time.Time // when that was seen
}

// An h2Stream is what is known of one.
type h2Stream struct {
	ended side      // which sides have
	since time.Time // when its answer began; zero: it has not
}

// longTime is how old an answer is that will hardly end by itself: what gRPC calls a
// stream of the server's, as a watch. It is told from a long answer by nothing else, since
// heads are compressed.
const longTime = time.Minute

// side is one end of a stream, or both.
type side uint8

const (
	ofClient side = 1 << iota
	ofProgram
)

// mostStreams may be open on a connection. Servers take 100 to 1000 at a time, or as many
// as come.
const mostStreams = 1 << 16

// begin notes a stream, and reports whether it is a new one.
func (s *streams) begin(id uint32, ended side) bool {
	if _, is := s.open[id]; is {
		return false
	}
	if s.open == nil {
		s.open = map[uint32]h2Stream{}
	}
	s.open[id] = h2Stream{ended: ended}
	s.inFlight++
	return true
}

// end notes that a side has ended, and reports whether the stream is answered by that.
func (s *streams) end(id uint32, by side) (answered bool) {
	st, is := s.open[id]
	if !is {
		return false
	}
	before := st.ended
	if st.ended |= by; st.ended == ofClient|ofProgram {
		delete(s.open, id)
	} else {
		s.open[id] = st
	}
	if answered = st.ended&ofProgram > before&ofProgram; answered {
		s.inFlight--
	}
	return answered
}

// answer notes that the answer has begun.
func (s *streams) answer(id uint32, now time.Time) {
	if st, is := s.open[id]; is && st.since.IsZero() {
		st.since = now
		s.open[id] = st
	}
}

// lastAnswer is when the answer began that did so last, of those in flight; zero: one has
// not begun.
func (s *streams) lastAnswer() (at time.Time) {
	for _, st := range s.open {
		if st.ended&ofProgram != 0 {
			continue
		}
		if st.since.IsZero() {
			return st.since
		}
		at = later(at, st.since)
	}
	return at
}

// headDue is when a head that is not whole is waited for no longer; zero: there is none.
// Once nothing new is to be taken in, and nothing else is waited for, that is soon: a
// client says a head at one go.
func (s *streams) headDue(hurried time.Time) (due time.Time) {
	if s.half == 0 {
		return due
	}
	due = s.halfSince.Add(headTime)
	if soon := later(s.halfSince, hurried).Add(ackTime); !hurried.IsZero() && s.inFlight <= 1 && soon.Before(due) {
		due = soon
	}
	return due
}

// reset notes that a stream has ended altogether, and reports whether it was in flight.
func (s *streams) reset(id uint32) (was bool) {
	st, is := s.open[id]
	delete(s.open, id)
	if was = is && st.ended&ofProgram == 0; was {
		s.inFlight--
	}
	return was
}

// forgetAbove resets the client's streams above the last one that the program takes, and
// returns how many were in flight.
func (s *streams) forgetAbove(last uint32) (n int) {
	if last >= s.highest {
		return 0
	}
	for id := range s.open {
		if id > last && id%2 == 1 && s.reset(id) {
			n++
		}
	}
	return n
}

// forgetAll returns how many were in flight.
func (s *streams) forgetAll() (n int) {
	n = s.inFlight
	s.open, s.inFlight = nil, 0
	return n
}
