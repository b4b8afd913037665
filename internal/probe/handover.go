package probe

import "net/http"

// startHelper has a helper take those who wait for one.
func (s *Server) startHelper() {
	t := s.table
	if t.count[waitingHelp] == 0 || s.help.running == helpersLimit || s.help.running > 0 && s.now() < s.help.began+helperSlow {
		return
	}
	var slots []int32
	var conns []int
	for len(slots) < helperPlaces && t.count[waitingHelp] > 0 {
		i := t.first[waitingHelp]
		t.move(i, handed)
		s.unwatch(i)
		slots, conns = append(slots, i), append(conns, t.slots[i].fd)
	}
	s.help.running++
	s.help.began = s.now()
	go func() {
		over, err := s.cfg.Pass(conns)
		s.poll.post(func() { s.passed(slots, err) })
		if err == nil {
			<-over
			s.poll.post(func() { s.help.running-- })
		}
	}()
}

// passed is told whether a helper has taken connections.
func (s *Server) passed(slots []int32, err error) {
	if err != nil {
		s.help.running--
	}
	for _, i := range slots {
		if err == nil {
			s.drop(i)
			continue
		}
		s.answer(i, endpointOther, text(http.StatusServiceUnavailable, "no process can be started that answers this: "+err.Error()+"\n"))
	}
}
