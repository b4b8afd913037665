package proc

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestRead(t *testing.T) {
	text := bytes.Repeat([]byte("0123456789"), 1000)
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 1, 99, 9999, 10000, 10001} {
		for _, limit := range []int{0, 1, 100, 9999, 10000, 10001, 1 << 20} {
			got, err := read(name, make([]byte, size), limit)
			if want := text[:min(limit, len(text))]; err != nil || !bytes.Equal(got, want) {
				t.Errorf("read with a buffer of %d, limit %d = %d bytes, %v; want the first %d", size, limit, len(got), err, len(want))
			}
		}
	}
}
