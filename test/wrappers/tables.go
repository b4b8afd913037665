package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A record is a line of a table, a cell for each of its heads.
type record []string

// tables are all that was measured.
type tables struct{ wrappers, shells []record }

const documentPath = "docs/proof/wrappers.md"

// write writes the tables and the document that is made of them.
func (t tables) write() error {
	for name, text := range map[string]string{
		"test/wrappers/wrappers.tsv": tsv(wrapperHeads, t.wrappers),
		"test/wrappers/shells.tsv":   tsv(shellHeads, t.shells),
		documentPath:                 t.document(),
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// readTables reads what is committed in a directory.
func readTables(directory string) (tables, error) {
	var t tables
	for name, to := range map[string]struct {
		heads   []string
		records *[]record
	}{"wrappers.tsv": {wrapperHeads, &t.wrappers}, "shells.tsv": {shellHeads, &t.shells}} {
		text, err := os.ReadFile(filepath.Join(directory, name))
		if err != nil {
			return t, err
		}
		lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		if lines[0] != strings.Join(to.heads, "\t") {
			return t, fmt.Errorf("%s: has other columns than this program writes", name)
		}
		for _, line := range lines[1:] {
			r := record(strings.Split(line, "\t"))
			if len(r) != len(to.heads) {
				return t, fmt.Errorf("%s: %q has %d columns, want %d", name, line, len(r), len(to.heads))
			}
			*to.records = append(*to.records, r)
		}
	}
	return t, nil
}

func tsv(heads []string, records []record) string {
	var b strings.Builder
	for _, r := range slices.Concat([]record{heads}, records) {
		cells := slices.Clone(r)
		for i := range cells {
			cells[i] = cmp.Or(cells[i], "-") // not measured in this suite
		}
		b.WriteString(strings.Join(cells, "\t") + "\n")
	}
	return b.String()
}
