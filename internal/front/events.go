package front

// events follows a stream of events (HTML, section 9.2.6): lines that end with CR LF, LF
// or CR, and events that end with an empty one. It is pure, and what it finds does not
// depend on how the bytes are cut into pieces.
type events struct {
	inLine  bool // a line has begun
	comment bool // which is one, and belongs to no event
	inside  bool // lines of an event have come, and not its end
	afterCR bool // so that a LF belongs to the line before
}

// follow takes what comes next. It returns how many bytes of it end with an event, or
// with a comment between two, of those that do the last: 0 where none does.
func (e *events) follow(p []byte) (end int) {
	for i, b := range p {
		switch {
		case b == '\n' && e.afterCR:
			e.afterCR = false
		case b == '\n' || b == '\r':
			if !e.inLine {
				e.inside = false
			}
			e.inLine, e.comment, e.afterCR = false, false, b == '\r'
		default:
			if !e.inLine {
				e.inLine, e.comment = true, b == ':'
				e.inside = e.inside || !e.comment
			}
			e.afterCR = false
		}
		if e.between() {
			end = i + 1
		}
	}
	return end
}

// between reports whether the last event is whole.
func (e *events) between() bool { return !e.inside && !e.inLine }
