// Command floors draws the house: which package stands on which, from their imports.
// With -update it writes that into docs/design.md.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

const document = "docs/design.md"

// What the drawing stands between in the document.
const (
	begins = "<!-- floors: go run ./scripts/floors -update -->\n"
	ends   = "<!-- floors end -->\n"
)

func main() {
	update := flag.Bool("update", false, "write the drawing into "+document)
	flag.Parse()
	if err := run(".", *update); err != nil {
		fmt.Fprintln(os.Stderr, "floors:", err)
		os.Exit(1)
	}
}

func run(root string, update bool) error {
	h, err := survey(root)
	if err != nil {
		return err
	}
	if !update {
		_, err = os.Stdout.WriteString(h.draw())
		return err
	}
	path := filepath.Join(root, document)
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text, err = replaced(text, h.draw())
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

// replaced puts a drawing in the place of the one in a document.
func replaced(text []byte, drawing string) ([]byte, error) {
	before, rest, ok := bytes.Cut(text, []byte(begins))
	_, after, end := bytes.Cut(rest, []byte(ends))
	if !ok || !end {
		return nil, fmt.Errorf("%s has no place for the drawing: %q and %q", document, begins, ends)
	}
	return bytes.Join([][]byte{before, []byte(begins), []byte("\n" + drawing + "\n"), []byte(ends), after}, nil), nil
}
