package supervisor

import (
	"fmt"
	"testing"

	"drainit/internal/testkit"
)

// The documents state the bounds that hold here.
func TestBoundsAreDocumented(t *testing.T) {
	testkit.Says(t, "../../SECURITY.md", fmt.Sprintf("The termination log has %d ms", terminationPatience.Milliseconds()))
}
