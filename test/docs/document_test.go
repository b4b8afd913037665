package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// document is a Markdown file as far as these tests look at one.
type document struct {
	path string // from the root
	text string
}

func readme(t *testing.T) document { return open(t, "README.md") }

// reference, concepts and troubleshooting are the three pages of the manual.
func reference(t *testing.T) document       { return open(t, "docs/reference.md") }
func concepts(t *testing.T) document        { return open(t, "docs/concepts.md") }
func troubleshooting(t *testing.T) document { return open(t, "docs/troubleshooting.md") }

// guides returns the pages of docs/guides.
func guides(t *testing.T) []document {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, "docs/guides/*.md"))
	if err != nil || len(paths) < 8 {
		t.Fatalf("guides %q, error %v, want one for each platform", paths, err)
	}
	var pages []document
	for _, path := range paths {
		pages = append(pages, open(t, filepath.Join("docs/guides", filepath.Base(path))))
	}
	return pages
}

// written returns what users read: the README, the guides and the manual.
func written(t *testing.T) []document {
	t.Helper()
	return append(guides(t), readme(t), reference(t), concepts(t), troubleshooting(t))
}

func open(t *testing.T, path string) document {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return document{path, string(text)}
}

// section returns what stands under a heading, to the next of its level or
// above. title is without the #s.
func (d document) section(t *testing.T, title string) document {
	t.Helper()
	var lines []string
	level := 0
	for _, line := range d.lines() {
		l, is := headingLevel(line)
		switch {
		case level == 0 && is && strings.TrimLeft(line.text, "# ") == title:
			level = l
		case level > 0 && is && l <= level:
			return document{d.path, strings.Join(lines, "\n")}
		case level > 0:
			lines = append(lines, line.text)
		}
	}
	if level == 0 {
		t.Fatalf("%s has no heading %q", d.path, title)
	}
	return document{d.path, strings.Join(lines, "\n")}
}

// line is a line, and whether it is inside a fenced block.
type line struct {
	text   string
	fenced bool
}

func (d document) lines() []line {
	var lines []line
	fenced := false
	for text := range strings.SplitSeq(d.text, "\n") {
		fence := strings.HasPrefix(text, "```")
		lines = append(lines, line{text, fenced || fence})
		fenced = fenced != fence
	}
	return lines
}

func headingLevel(l line) (level int, is bool) {
	level = len(l.text) - len(strings.TrimLeft(l.text, "#"))
	return level, !l.fenced && level > 0
}

// blocks returns the fenced blocks of a language.
func (d document) blocks(language string) []string {
	var blocks []string
	for _, m := range regexp.MustCompile("(?ms)^```(\\S*)\n(.*?)^```$").FindAllStringSubmatch(d.text, -1) {
		if m[1] == language {
			blocks = append(blocks, m[2])
		}
	}
	return blocks
}

// rows returns the cells of every table row, heads and rulers left out, trimmed.
func (d document) rows() [][]string {
	var rows [][]string
	lines := d.lines()
	for i, l := range lines {
		isRow := strings.HasPrefix(l.text, "|") && !l.fenced
		head := i+1 < len(lines) && strings.HasPrefix(lines[i+1].text, "|---")
		if !isRow || head || strings.HasPrefix(l.text, "|---") {
			continue
		}
		cells := strings.Split(strings.Trim(l.text, "|"), "|")
		for n, cell := range cells {
			cells[n] = strings.TrimSpace(cell)
		}
		rows = append(rows, cells)
	}
	return rows
}

// codes returns what stands in `backquotes`, outside of fenced blocks.
func (d document) codes() []string {
	var codes []string
	var prose strings.Builder
	for _, l := range d.lines() {
		if !l.fenced {
			prose.WriteString(l.text + "\n")
		}
	}
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(prose.String(), -1) {
		codes = append(codes, strings.Join(strings.Fields(m[1]), " "))
	}
	return codes
}

// plain returns a cell without its backquotes.
func plain(cell string) string { return strings.ReplaceAll(cell, "`", "") }

// wantSame compares two sets of names, said and real.
func wantSame(t *testing.T, what string, said, real []string) {
	t.Helper()
	for _, name := range missingFrom(said, real) {
		t.Errorf("%s: %q is not documented", what, name)
	}
	for _, name := range missingFrom(real, said) {
		t.Errorf("%s: %q is documented, and there is none", what, name)
	}
}

// missingFrom returns what of want is not in have.
func missingFrom(have, want []string) []string {
	in := map[string]bool{}
	for _, name := range have {
		in[name] = true
	}
	var missing []string
	for _, name := range want {
		if !in[name] {
			missing = append(missing, name)
		}
	}
	return missing
}
