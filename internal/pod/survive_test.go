package pod

import (
	"strings"
	"testing"
)

// A mistake in what is told, of all places, ends a watch and nothing else.
func TestSurvive(t *testing.T) {
	var last Seen
	Watch(t.Context(), NewSelf(podOf(t), "proxy", nil), "app", false, nil, func(s Seen) {
		if last = s; s.Err == nil {
			panic("a mistake")
		}
	})
	if !last.Gone || last.Err == nil || !strings.Contains(last.Err.Error(), "a mistake") {
		t.Errorf("got %+v, want gone, and the mistake", last)
	}
}
