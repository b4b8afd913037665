package look

import (
	"fmt"
	"testing"

	"drainit/internal/testkit"
)

// The documents state the bounds that hold here.
func TestBoundsAreDocumented(t *testing.T) {
	testkit.Says(t, "../../SECURITY.md", fmt.Sprintf("to the program that runs has %d ms", Patience.Milliseconds()))
	testkit.Says(t, "../../docs/reference.md", fmt.Sprintf("at most %d are counted", processesCounted))
}
