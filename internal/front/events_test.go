package front

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	lineEnd = regexp.MustCompile("\r\n|\r|\n")

	streamSeeds = []string{
		"data: a\n\ndata: b\ndata: c\n\n", "data: a\r\n\r\n", "data: a\r\r", ":\n", ":ping\n\n", "data: a\n:not yet\n\n\n",
		"\n\n", "a", "data: a\r\n\n", "data: a\n\r\n\r", "\ufeffdata: a\n\n",
	}
)

// plainBetween is between by HTML's own words: the lines of what has come, none of which is
// begun, and no field line since the last empty one.
func plainBetween(stream string) bool {
	inside := false
	lines := lineEnd.Split(stream, -1)
	for _, line := range lines[:len(lines)-1] {
		if line == "" {
			inside = false
		} else if !strings.HasPrefix(line, ":") {
			inside = true
		}
	}
	return !inside && lines[len(lines)-1] == ""
}

// The follower finds the ends that a plain reader finds, whatever the pieces are.
func FuzzEvents(f *testing.F) {
	for _, s := range streamSeeds {
		f.Add(s, byte(2))
	}
	f.Fuzz(func(t *testing.T, stream string, size byte) {
		var want []int
		for n := 1; n <= len(stream); n++ {
			if plainBetween(stream[:n]) {
				want = append(want, n)
			}
		}
		var one, many events
		for i := range len(stream) {
			end := one.follow([]byte(stream[i : i+1]))
			if (end == 1) != slices.Contains(want, i+1) {
				t.Fatalf("%q: the end of an event after %d bytes: got %v, want %v", stream, i+1, end == 1, want)
			}
		}
		for at, n := 0, int(size)%13+1; at < len(stream); at += n {
			piece := stream[at:min(len(stream), at+n)]
			last := 0
			for _, w := range want {
				if w > at && w <= at+len(piece) {
					last = w - at
				}
			}
			if end := many.follow([]byte(piece)); end != last {
				t.Fatalf("%q: in %q the last end after %d bytes, want %d", stream, piece, end, last)
			}
		}
		if one != many {
			t.Fatalf("%q: the pieces matter: %+v, %+v", stream, one, many)
		}
	})
}
