package probe

import (
	"strings"
	"testing"
	"time"
)

// stand is a table whose connections are numbered as they came.
type stand struct {
	*table
	now   time.Duration
	slots []int32
}

func (s *stand) add(n int) {
	for range n {
		s.slots = append(s.slots, s.table.add(len(s.slots), false, s.now))
	}
}

// expire removes those overdue.
func (s *stand) expire() (next time.Duration) {
	for {
		i, next := s.overdue(s.now)
		if i == none {
			return next
		}
		s.remove(i)
	}
}

// check compares who is there with want: "x" is gone.
func (s *stand) check(t *testing.T, when, want string) {
	t.Helper()
	var got strings.Builder
	for fd, i := range s.slots {
		if s.table.slots[i].fd == fd && s.table.slots[i].place != nowhere {
			got.WriteByte('o')
		} else {
			got.WriteByte('x')
		}
	}
	if got.String() != want {
		t.Errorf("%s: %s, want %s", when, got.String(), want)
	}
}

func TestTheOldestIsTheFirstToGo(t *testing.T) {
	s := &stand{table: newTable(limits{open: 5, idle: 3, wait: 2, own: 1})}
	s.add(4)
	if _, full := s.full(); full {
		t.Error("full with 4 of 5")
	}
	s.add(1)
	if at, full := s.full(); !full || at != leastPatience*5/openLimit {
		t.Errorf("with 5 of 5: full %t, one may go at %v; want so much patience less", full, at)
	}
	s.remove(s.first[asking])
	s.check(t, "the oldest removed", "xoooo")
	s.move(s.slots[1], waitingHelp)
	s.remove(s.first[asking])
	s.check(t, "who has asked stays", "xoxoo")
	s.add(2)
	s.check(t, "the slots are used again", "xoxoooo")
	if s.count[asking] != 4 || s.waiting() != 1 {
		t.Errorf("%d ask and %d wait, want 4 and 1", s.count[asking], s.waiting())
	}
	s.move(s.slots[3], waitingReady)
	if s.first[waitingReady] != s.slots[3] || s.last[asking] != s.slots[6] || s.first[asking] != s.slots[4] {
		t.Error("the order of those who are left is not theirs")
	}
}

func TestTooManyIdleGoAfterPatience(t *testing.T) {
	s := &stand{table: newTable(limits{open: 10, idle: 3})}
	at := func(now, due time.Duration, want string) {
		t.Helper()
		s.now = now
		if next := s.expire(); next != due {
			t.Errorf("at %v: the next is due at %v, want %v", now, next, due)
		}
		s.check(t, now.String(), want)
	}
	if next := s.expire(); next != forever {
		t.Errorf("with nobody there something is due at %v", next)
	}
	const ms = time.Millisecond
	s.add(5)
	s.now = 100 * ms
	s.add(2)
	s.move(s.slots[1], waitingReady)
	at(patience-ms, patience, "ooooooo")
	at(patience, readTime, "xoxxooo")
	s.add(1)
	at(patience, 100*ms+readTime, "xoxxxooo")
	s.add(1) // the oldest is of 100 ms
	at(100*ms+patience-ms, 100*ms+patience, "xoxxxoooo")
	at(100*ms+patience, 100*ms+readTime, "xoxxxxooo")
	at(time.Hour, forever, "xoxxxxxxx")
}

func TestWhoMayWait(t *testing.T) {
	for _, tt := range []struct {
		local   bool
		waiting int
		want    bool
	}{{false, 1, true}, {false, 2, false}, {true, 2, true}, {true, 3, false}} {
		s := &stand{table: newTable(limits{open: 10, wait: 3, own: 1})}
		s.add(tt.waiting)
		for n, i := range s.slots {
			s.move(i, []place{waitingReady, waitingHelp, handed}[n])
		}
		if got := s.mayWait(s.table.add(9, tt.local, 0)); got != tt.want {
			t.Errorf("local %t, with %d of 3 places taken: %t, want %t", tt.local, tt.waiting, got, tt.want)
		}
	}
}
