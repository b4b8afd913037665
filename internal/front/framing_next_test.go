package front

// next follows p as far as the end of the message. It returns how many bytes that
// were, and whether the message ended with them. With an error n is what may be
// passed on: never the end of a head, so that nobody can take it for a whole one.
func (m *framing) next(p []byte) (n int, done bool, err error) {
	for n < len(p) && m.state != complete {
		switch m.state {
		case untilClose:
			return len(p), false, nil
		case bodyData, chunkData:
			n += m.data(len(p) - n)
		default:
			k, err := m.some(p[n:])
			n += k
			if err != nil {
				return n, false, err
			}
		}
	}
	return n, m.state == complete, nil
}
