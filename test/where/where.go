// Package where keeps docs/proof/where.md, of which several commands write a part each, and what they have measured for
// it. A part stands between two comments with its name.
package where

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// Document is the document's path, from the top of the checkout.
const Document = "docs/proof/where.md"

// Read returns the records of a file, none if it is not there.
func Read[R any](path string) ([]R, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var records []R
	return records, json.Unmarshal(text, &records)
}

// Merge puts newer records in the place of older ones of the same name, in the order of names.
func Merge[R any](old, newer []R, names []string, name func(R) string) []R {
	var merged []R
	for _, n := range names {
		of := func(r R) bool { return name(r) == n }
		if i := slices.IndexFunc(newer, of); i >= 0 {
			merged = append(merged, newer[i])
		} else if i := slices.IndexFunc(old, of); i >= 0 {
			merged = append(merged, old[i])
		}
	}
	return merged
}

// Update merges records into their file, and writes what is made of all of them as a part of a document.
func Update[R any](path string, newer []R, names []string, name func(R) string, document, part string, markdown func([]R) string) error {
	old, err := Read[R](path)
	if err != nil {
		return err
	}
	records := Merge(old, newer, names, name)
	text, err := json.MarshalIndent(records, "", "\t")
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
		return err
	}
	whole, err := os.ReadFile(document)
	if err != nil {
		return err
	}
	before, _, after, err := split(string(whole), part)
	if err != nil {
		return fmt.Errorf("%s: %w", document, err)
	}
	return os.WriteFile(document, []byte(before+markdown(records)+after), 0o644)
}

// Part returns a part of a document as it stands there.
func Part(document, part string) (string, error) {
	whole, err := os.ReadFile(document)
	if err != nil {
		return "", err
	}
	_, text, _, err := split(string(whole), part)
	return text, err
}

// Test fails if a part of the document at the top of the checkout is not what is made of its records.
func Test[R any](t *testing.T, top, path, part string, markdown func([]R) string) {
	t.Helper()
	records, err := Read[R](top + "/" + path)
	if err != nil {
		t.Fatal(err)
	}
	committed, err := Part(top+"/"+Document, part)
	if err != nil {
		t.Fatal(err)
	}
	if markdown(records) != committed {
		t.Errorf("%s is not what %s makes: make %s %sFLAGS='-o %[1]s'", Document, path, part, strings.ToUpper(part))
	}
}

func split(whole, part string) (before, text, after string, err error) {
	begin, end := fmt.Sprintf("<!-- %s: written by test/%[1]s -->\n\n", part), fmt.Sprintf("\n<!-- end of %s -->\n", part)
	before, rest, found := strings.Cut(whole, begin)
	text, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		return "", "", "", fmt.Errorf("it has no part between %q and %q", begin, end)
	}
	return before + begin, text, end + after, nil
}
