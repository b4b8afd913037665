package probe

import (
	"fmt"
	"strings"
	"testing"

	"drainit/internal/testkit"
)

// The documents state the bounds that hold here.
func TestBoundsAreDocumented(t *testing.T) {
	for file, wants := range map[string][]string{
		"../../SECURITY.md": {
			fmt.Sprintf("Bounds: %d connections that have not asked", openLimit),
			fmt.Sprintf("of which %d may be without a request for longer than %v", idleLimit, spaced(patience)),
			fmt.Sprintf("%d more may wait for an answer, of which %d places", waitLimit, ownLimit),
			fmt.Sprintf("if it is not older than %v", spaced(freshness)),
			fmt.Sprintf("keeps %d for itself", descriptorsKept),
			fmt.Sprintf("%d KiB of header", (headerLimit+4<<10)>>10),
			fmt.Sprintf("%v to send a request, %v to take the answer", spaced(readTime), spaced(writeTime)),
			fmt.Sprintf("it waits %v for the rest of a longer head or a body", spaced(restTime)),
			fmt.Sprintf("within %v", spaced(answerLimit)),
		},
		"../../docs/reference.md": {
			fmt.Sprintf("At most %d connections have not asked", openLimit),
			fmt.Sprintf("%d more wait for an answer, of which %d places", waitLimit, ownLimit),
			fmt.Sprintf("below %d they are fewer, and leave %d descriptors", openLimit+waitLimit+descriptorsKept, descriptorsKept),
		},
	} {
		testkit.Says(t, file, wants...)
	}
}

// spaced writes a duration as the documents do: 250 ms, 5 s.
func spaced(d fmt.Stringer) string {
	text := d.String()
	i := strings.IndexFunc(text, func(r rune) bool { return r > '9' })
	return text[:i] + " " + text[i:]
}
