package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is committed is what the plan and the table of rollouts give, and is
// well-formed XML.
func TestPicturesAreWhatTheDataGives(t *testing.T) {
	const root = "../.."
	pictures, err := draw(root)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range pictures {
		got, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s is not what its data gives; run make pictures, and look at it", name)
		}
		if filepath.Ext(name) != ".svg" {
			continue
		}
		for d := xml.NewDecoder(strings.NewReader(want)); err == nil; {
			_, err = d.Token()
		}
		if !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A row that is gone or cannot be read is an error and not an empty picture.
func TestRowsThatCannotBeDrawn(t *testing.T) {
	row := "| drains | the stop | 1 s | 1 of 2 | 0 of 2 | 0 of 2 | – | 1, 1, 1 |\n"
	for _, c := range []struct{ document, want string }{
		{"", `no row "drains|the stop|1 s"`},
		{strings.Replace(row, "1 of 2", "many", 1), `row "drains|the stop|1 s": strconv.Atoi: parsing "many"`},
		{row, `no row "exits at once|health checks|0.2 s"`},
	} {
		if _, err := chosen(rowsOf(c.document)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("of %q: error %v, want %q in it", c.document, err, c.want)
		}
	}
}
