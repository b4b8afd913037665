package peers_test

import (
	"os"
	"path/filepath"
)

// script writes an executable file.
func script(a *attempt, text string) string {
	path := filepath.Join(a.t.TempDir(), "script")
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		a.fail("%v", err)
	}
	return path
}
