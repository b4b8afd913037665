package front

import (
	"net"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// hotel is guests that leave as soon as they are told, and notes when.
type hotel struct {
	turns turns
	began time.Time
	count int

	mu    sync.Mutex
	left  []time.Duration
	order []int // in which those left, by when they came
}

// house adds a guest whose wait for the program ends in its turn.
func (h *hotel) house() {
	near, far := net.Pipe()
	g := &guest{program: near}
	h.turns.come(g)
	number := h.count
	h.count++
	go func() {
		defer far.Close()
		near.Read(make([]byte, 1))
		if _, told := g.isTold(); told {
			h.mu.Lock()
			h.left = append(h.left, time.Since(h.began))
			h.order = append(h.order, number)
			h.mu.Unlock()
		}
		h.turns.leave(g)
		near.Close()
	}()
}

// perSecond counts who left in each second.
func (h *hotel) perSecond() []int {
	h.mu.Lock()
	defer h.mu.Unlock()
	var n []int
	for _, at := range h.left {
		for len(n) <= int(at/time.Second) {
			n = append(n, 0)
		}
		n[at/time.Second]++
	}
	return n
}

// Those that are there leave at equal distances, the first one and the last one so far
// from the ends.
func TestTurnsAreEven(t *testing.T) {
	for _, count := range []int{1, 2, 7, 3000} {
		synctest.Test(t, func(t *testing.T) {
			h := &hotel{began: time.Now()}
			for range count {
				h.house()
			}
			const within = 10 * time.Second
			if n := h.turns.begin(within); n != count {
				t.Fatalf("%d to leave, want %d", n, count)
			}
			time.Sleep(within)
			synctest.Wait()
			if len(h.left) != count {
				t.Fatalf("%d have left, want %d", len(h.left), count)
			}
			slices.Sort(h.left)
			for i, at := range h.left {
				want := within * time.Duration(i+1) / time.Duration(count+1)
				if d := at - want; d < -time.Millisecond || d > time.Millisecond {
					t.Errorf("number %d of %d left after %v, want %v", i+1, count, at, want)
				}
			}
		})
	}
}

// With no time at all, or none any more, they leave at once; and those of whom nobody
// was told stay.
func TestTurnsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hotel{began: time.Now()}
		for range 100 {
			h.house()
		}
		h.turns.close()
		time.Sleep(time.Minute)
		if h.perSecond() != nil {
			t.Errorf("%v have left, and nobody was told to", h.perSecond())
		}
		h.began = time.Now()
		h.turns.begin(10 * time.Second)
		time.Sleep(5*time.Second + 10*time.Millisecond)
		synctest.Wait()
		if n := len(h.left); n < 49 || n > 51 {
			t.Errorf("%d have left after half the time, want 50", n)
		}
		h.turns.begin(0)
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if len(h.left) != 100 {
			t.Errorf("%d have left, want all", len(h.left))
		}
		h.house() // nobody new is let in, but one was on the way
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if len(h.left) != 101 {
			t.Errorf("%d have left, want the last one, too", len(h.left))
		}
	})
}

// Clients that come back to the same place leave it later than those that have not left
// yet, and the rate stays even. One that comes when the time is over stays until nobody
// new is let in.
func TestTurnsOfThoseThatComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hotel{began: time.Now()}
		for range 100 {
			h.house()
		}
		h.turns.begin(10 * time.Second)
		time.Sleep(time.Second)
		for range 90 { // who have the rest of the time
			h.house()
		}
		time.Sleep(9 * time.Second)
		synctest.Wait()
		got := h.perSecond()
		if len(h.left) != 190 || len(got) > 10 {
			t.Fatalf("%d have left in %d seconds, want 190 in 10", len(h.left), len(got))
		}
		for i, number := range h.order {
			if (i < 100) != (number < 100) {
				t.Fatalf("number %d left as the %dth of those that came before and behind number 100", number, i)
			}
		}
		for second, n := range got[1:] {
			if n < 18 || n > 22 {
				t.Errorf("%d left in second %d, want about 20 in each: %v", n, second+1, got)
			}
		}
		h.house()
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(h.left) != 190 {
			t.Error("one that came after the time did not stay")
		}
		h.turns.close()
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if len(h.left) != 191 {
			t.Error("and did not leave when nobody new was let in")
		}
	})
}

// Those that go by themselves leave no gap.
func TestTurnsOfThoseThatGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hotel{began: time.Now()}
		var gone []*guest
		for range 50 {
			h.house()
			near, far := net.Pipe()
			g := &guest{program: near}
			h.turns.come(g)
			defer far.Close()
			gone = append(gone, g)
		}
		h.turns.begin(10 * time.Second)
		for _, g := range gone {
			h.turns.leave(g)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if len(h.left) != 50 {
			t.Errorf("%d have left, want 50", len(h.left))
		}
		for _, g := range gone {
			if _, told := g.isTold(); told {
				t.Fatal("one that had gone was told to leave")
			}
			g.program.Close()
		}
	})
}

// After a standstill of the machine those that are left share the time that is left.
func TestTurnsAfterAStandstill(t *testing.T) {
	now := time.Now()
	turns := turns{by: now.Add(10 * time.Second), next: now.Add(10 * time.Millisecond)}
	for range 1000 {
		turns.enqueue(&guest{})
	}
	for _, tt := range []struct {
		after       time.Duration
		least, most int
	}{
		{9 * time.Millisecond, 0, 0}, {10 * time.Millisecond, 1, 1}, {40 * time.Millisecond, 2, 4}, // made up for
		{5 * time.Second, 1, 1}, {5*time.Second + 6*time.Millisecond, 1, 2}, {5*time.Second + 50*time.Millisecond, 7, 12},
		{10 * time.Second, 900, 1000},
	} {
		if n := len(turns.due(now.Add(tt.after))); n < tt.least || n > tt.most {
			t.Errorf("after %v: %d leave, want %d to %d", tt.after, n, tt.least, tt.most)
		}
	}
	if turns.waiting != 0 {
		t.Errorf("%d are left", turns.waiting)
	}
}
