package main

import (
	"fmt"
	"testing"

	"drainit/internal/testkit"
)

// The documents state the bounds that hold here.
func TestBoundsAreDocumented(t *testing.T) {
	mb := fmt.Sprintf("%d MB", crowdMemory>>20)
	testkit.Says(t, "../../SECURITY.md", "fits into "+mb)
	testkit.Says(t, "../../docs/reference.md", mb+" whoever comes to the probe address")
}
