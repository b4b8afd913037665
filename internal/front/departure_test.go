package front

import (
	"testing"
	"time"
)

// A timeline of a connection's end: what happens, and what is said then.
func TestDeparture(t *testing.T) {
	t0 := time.Now()
	const none, tells, final, both = "", "tells", "final", "tells final"
	type step struct {
		at   time.Duration
		do   func(*departure, *streams)
		say  string
		next time.Duration // 0: when something has happened
		over bool
	}
	ask := func(d *departure, s *streams) { d.asked = t0 }
	hurry := func(at time.Duration) func(*departure, *streams) {
		return func(d *departure, s *streams) { d.asked, d.hurried = t0.Add(at), t0.Add(at) }
	}
	ack := func(at time.Duration) func(*departure, *streams) {
		return func(d *departure, s *streams) { d.acked = t0.Add(at) }
	}
	begin := func(d *departure, s *streams) { s.begin(1, 0); s.highest = 1 }
	answer := func(d *departure, s *streams) { s.end(1, ofProgram) }
	sent := func(d *departure, s *streams) { s.end(1, ofClient) }
	answers := func(d *departure, s *streams) { s.answer(1, t0) }
	turn := func(d *departure, s *streams) { d.turn = true }
	const ms = time.Millisecond
	for name, steps := range map[string][]step{
		"not asked":           {{0, nil, none, 0, false}},
		"idle, acknowledged":  {{0, ask, tells, ackTime, false}, {10 * ms, ack(10 * ms), none, 110 * ms, false}, {110 * ms, nil, final, 0, true}},
		"idle, and no answer": {{0, ask, tells, ackTime, false}, {ackTime, nil, final, 0, true}},
		"a stream goes on": {{0, begin, none, 0, false}, {0, ask, tells, ackTime, false}, {5 * ms, ack(5 * ms), none, 105 * ms, false},
			{105 * ms, nil, none, 0, false}, {5000 * ms, sent, none, 0, false}, {6000 * ms, answer, final, 0, true}},
		"one that crossed is served": {{0, ask, tells, ackTime, false}, {5 * ms, ack(5 * ms), none, 105 * ms, false}, {50 * ms, begin, none, 105 * ms, false},
			{105 * ms, nil, none, 0, false}, {200 * ms, sent, none, 0, false}, {300 * ms, answer, final, 0, true}},
		"answered, and still sent": {{0, begin, none, 0, false}, {0, ask, tells, ackTime, false}, {5 * ms, ack(5 * ms), none, 105 * ms, false},
			{200 * ms, answer, final, 1200 * ms, false}, {1200 * ms, nil, none, 0, true}},
		"answered, and then sent": {{0, begin, none, 0, false}, {0, ask, tells, ackTime, false}, {5 * ms, ack(5 * ms), none, 105 * ms, false},
			{200 * ms, answer, final, 1200 * ms, false}, {300 * ms, sent, none, 0, true}},
		"an answer that does not end": {{0, begin, none, 0, false}, {0, answers, none, 0, false}, {0, ask, tells, ackTime, false}, {5 * ms, ack(5 * ms), none, 105 * ms, false},
			{200 * ms, nil, none, 0, false}, {5000 * ms, turn, none, longTime, false}, {longTime, nil, final, 0, true}},
		"one in its turn that is old": {{0, begin, none, 0, false}, {0, answers, none, 0, false}, {2 * longTime, ask, tells, 2*longTime + ackTime, false}, {2 * longTime, turn, none, 2*longTime + ackTime, false},
			{2*longTime + ackTime, nil, final, 0, true}},
		"one whose answer has not begun": {{0, begin, none, 0, false}, {0, ask, tells, ackTime, false}, {5 * ms, ack(5 * ms), none, 105 * ms, false},
			{5000 * ms, turn, none, 0, false}, {2 * longTime, nil, none, 0, false}, {2*longTime + ms, answer, final, 2*longTime + 1001*ms, false}},
		"closed at once":              {{0, hurry(0), tells, firstTime, false}, {firstTime, nil, final, 0, true}},
		"closed under way":            {{0, begin, none, 0, false}, {0, hurry(0), tells, firstTime, false}, {firstTime, nil, final, 0, false}, {9000 * ms, sent, none, 0, false}, {9001 * ms, answer, none, 0, true}},
		"closed later":                {{0, begin, none, 0, false}, {0, ask, tells, ackTime, false}, {1000 * ms, hurry(1000 * ms), none, 2000 * ms, false}, {2000 * ms, nil, final, 0, false}},
		"looked at too late, at once": {{0, hurry(0), tells, firstTime, false}, {time.Hour, nil, final, 0, true}},
	} {
		var s streams
		d := departure{last: most31, long: longTime}
		for i, st := range steps {
			if st.do != nil {
				st.do(&d, &s)
			}
			say, next, over := d.next(t0.Add(st.at), &s)
			got := ""
			for len(say) > 0 {
				f, _ := readH2Frame(say)
				switch {
				case f.kind == framePing:
				case d.final.IsZero() || len(say) > 2*(frameHead+8):
					got = tells
				case got == tells:
					got = both
				default:
					got = final
				}
				say = say[frameHead+f.length:]
			}
			want := time.Time{}
			if st.next > 0 {
				want = t0.Add(st.next)
			}
			if got != st.say || !next.Equal(want) || over != st.over {
				t.Errorf("%s, step %d: says %q, again at %v, over %v; want %q, %v, %v", name, i, got, next.Sub(t0), over, st.say, st.next, st.over)
			}
		}
	}
}

// Streams are in flight until they are answered, and gone when both sides have ended.
func TestStreams(t *testing.T) {
	var s streams
	for id := uint32(1); id < 20; id += 2 {
		s.begin(id, 0)
		s.highest = id
	}
	s.begin(2, ofClient) // a push
	if s.end(1, ofClient) || !s.end(1, ofProgram) || s.end(1, ofProgram) || len(s.open) != 10 {
		t.Error(s)
	}
	if !s.end(3, ofProgram) || s.inFlight != 9 || s.reset(3) || len(s.open) != 9 {
		t.Error(s)
	}
	if !s.reset(5) || s.reset(5) || s.end(5, ofProgram) || s.inFlight != 8 {
		t.Error(s)
	}
	if n := s.forgetAbove(100); n != 0 {
		t.Error(n, s)
	}
	if n := s.forgetAbove(15); n != 2 || s.inFlight != 6 {
		t.Error(n, s)
	}
	if n := s.forgetAll(); n != 6 || s.inFlight != 0 {
		t.Error(n, s)
	}
}
