package probe

import (
	"strings"
	"testing"
)

// TestJunkIsNotRepeated: net/http's error shows all of what is no HTTP.
func TestJunkIsNotRepeated(t *testing.T) {
	t.Parallel()
	_, err := readReply(strings.NewReader("HTTP/1.1 " + strings.Repeat("\x01", 50_000) + " \r\n\r\n"))
	if err == nil || len(err.Error()) > 200 {
		t.Errorf("got %d bytes: %.100s", len(err.Error()), err)
	}
}
