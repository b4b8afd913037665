package docs_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// The exit statuses that the table names are those that drainit leaves with.
func TestExitStatuses(t *testing.T) {
	denied := filepath.Join(t.TempDir(), "denied")
	if err := os.WriteFile(denied, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	off := []string{"--probe-addr", "off"}
	for _, c := range []struct {
		args []string
		want int
		said string // the row; "" where it is a whole number
	}{
		{[]string{"--no-such-flag", "--", "true"}, 125, ""},
		{append(off, "--", denied), 126, ""},
		{append(off, "--", "/no/such/program"), 127, ""},
		{append(off, "--", "sh", "-c", "exit 3"), 3, "0 to 255"},
		{append(off, "--", "sh", "-c", "kill -TERM $$"), 143, "128+n"},
		{append(off, "--remap-exit", "143=0", "--", "sh", "-c", "kill -TERM $$"), 0, "0 to 255"},
	} {
		if got := ask(t, c.args...).status; got != c.want {
			t.Errorf("drainit %q ends with %d, want %d", c.args, got, c.want)
		}
		said := c.said
		if said == "" {
			said = strconv.Itoa(c.want)
		}
		wantRow(t, reference(t), said)
	}
}

// wantRow wants a row of the table of exit statuses.
func wantRow(t *testing.T, d document, status string) {
	t.Helper()
	for _, row := range d.section(t, "Exit status").rows() {
		if row[0] == status {
			return
		}
	}
	t.Errorf("%s has no exit status %q", d.path, status)
}
