package peers

import (
	"fmt"
	"testing"

	"drainit/internal/testkit"
)

// The documents state the bounds that hold here.
func TestBoundsAreDocumented(t *testing.T) {
	testkit.Says(t, "../../SECURITY.md",
		fmt.Sprintf("at most %d listeners that look like another drainit's, %d ms for all of them", Asked, askPeers.Milliseconds()))
	testkit.Says(t, "../../docs/design.md", fmt.Sprintf("more than %d have it", Asked))
}
