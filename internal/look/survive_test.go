package look

import (
	"testing"
	"time"

	"drainit/internal/testkit"
)

func TestSurvivesReadingCommandLines(t *testing.T) {
	lines := newCommandLines()
	lines.read = func(int) ([]string, error) { panic("a mistake") }
	if got := lines.of(1, "x", time.Now().Add(testkit.Patience)); got != nil {
		t.Errorf("got %q", got)
	}
	if len(lines.underway) > 0 {
		t.Error("it is under way for ever")
	}
}
