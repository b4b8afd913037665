// Package markdown renders what the commands beside it measure, and puts it into the documents.
package markdown

import (
	"fmt"
	"os"
	"strings"
)

// Table renders rows, the first of which are the heads.
func Table(rows [][]string) string {
	var b strings.Builder
	for i, row := range rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			fmt.Fprintf(&b, "|%s\n", strings.Repeat("---|", len(row)))
		}
	}
	return b.String()
}

// Rewrite puts tables into a document, each between <!-- NAME --> and <!-- end -->.
func Rewrite(path string, made map[string]string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	document := string(text)
	for name, table := range made {
		if document, err = Replace(document, name, table); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return os.WriteFile(path, []byte(document), 0o644)
}

// Replace is Rewrite of one table in a document's text.
func Replace(document, name, table string) (string, error) {
	mark := "<!-- " + name + " -->\n"
	before, rest, found := strings.Cut(document, mark)
	_, after, ended := strings.Cut(rest, "<!-- end -->")
	if !found || !ended {
		return "", fmt.Errorf("no place for the table %q", name)
	}
	return before + mark + table + "<!-- end -->" + after, nil
}
