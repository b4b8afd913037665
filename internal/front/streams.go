package front

// streams are those of a connection of HTTP/2 that are open. One is in flight until it
// is answered: until the program has ended its side of it, or either side has reset it.
type streams struct {
	open     map[uint32]side // which sides of each have ended
	inFlight int             // of them, those that are not answered
	highest  uint32          // the client's last one
}

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
		s.open = map[uint32]side{}
	}
	s.open[id] = ended
	s.inFlight++
	return true
}

// end notes that a side has ended, and reports whether the stream is answered by that.
func (s *streams) end(id uint32, by side) (answered bool) {
	before, is := s.open[id]
	if !is {
		return false
	}
	after := before | by
	if after == ofClient|ofProgram {
		delete(s.open, id)
	} else {
		s.open[id] = after
	}
	if answered = after&ofProgram > before&ofProgram; answered {
		s.inFlight--
	}
	return answered
}

// reset notes that a stream has ended altogether, and reports whether it was in flight.
func (s *streams) reset(id uint32) (was bool) {
	sides, is := s.open[id]
	delete(s.open, id)
	if was = is && sides&ofProgram == 0; was {
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
