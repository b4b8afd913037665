package probe

import "testing"

// answering is asked once for each answer that it is given.
type answering chan int

func (a answering) ask() int { return <-a }

// TestLeavesAndAsksAgain: an answer to others is not taken for the own one.
func TestLeavesAndAsksAgain(t *testing.T) {
	var f flight[int]
	answers := make(answering)
	other, w := newWaiter[int](), newWaiter[int]()
	f.join(w, answers)
	f.join(other, answers)
	if f.leave(w) {
		t.Fatal("an answer before there is one")
	}
	answers <- 1
	if <-other.done; other.answer != 1 {
		t.Errorf("%d, want 1", other.answer)
	}
	f.join(w, answers)
	select {
	case <-w.done:
		t.Fatalf("the answer %d to others", w.answer)
	default:
	}
	answers <- 2
	if <-w.done; w.answer != 2 {
		t.Errorf("%d, want 2", w.answer)
	}
	f.join(w, answers)
	f.join(other, answers)
	answers <- 3
	<-other.done
	if !f.leave(w) || w.answer != 3 {
		t.Errorf("%d, want the 3 that came before it left", w.answer)
	}
}
