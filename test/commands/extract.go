package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// command is one command of a document, as it is compared: without prompt and comment, in single spaces.
type command struct {
	document string // from the top of the checkout
	text     string
}

// transcript is how a command begins that a document shows together with what it prints.
const transcript = "$ "

// documents are the files that commands are taken from: what users read, and the examples' heads.
var documents = []string{
	"README.md", "SECURITY.md", "CHANGELOG.md", "docs/*.md", "docs/guides/*.md", "docs/proof/*.md", "examples/README.md",
	"examples/*/README.md", "Dockerfile.example", "examples/docker/*", "examples/*/*.yaml", "examples/*/*.hcl",
	"examples/*/*.toml", "examples/*/*.service",
}

// documentsIn returns the documents below top, sorted, each once.
func documentsIn(top string) []string {
	var paths []string
	for _, pattern := range documents {
		found, _ := filepath.Glob(filepath.Join(top, pattern))
		for _, path := range found {
			path, _ = filepath.Rel(top, path)
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// extractAll returns the commands of all documents, in their order, each once in its document.
func extractAll(top string) ([]command, error) {
	var all []command
	for _, path := range documentsIn(top) {
		text, err := os.ReadFile(filepath.Join(top, path))
		if err != nil {
			return nil, err
		}
		extract := extractMarkdown
		if !strings.HasSuffix(path, ".md") {
			extract = extractComments
		}
		for _, line := range extract(string(text)) {
			if c := (command{path, line}); !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	return all, nil
}

var (
	// begins matches what a line begins with that is a command, settings for it included.
	begins = regexp.MustCompile(`^([A-Z_]+=\S+ )*(make|go|docker|docker-compose|kubectl|drainit|curl|fly|nomad|git|unshare|kill|tar|sha256sum|cosign|systemctl|/drainit|\./\S+|(\.\./)*bin/\S+)( |$)`)
	// inline matches the commands that are taken out of running text.
	inline = regexp.MustCompile("`(([A-Z_]+=\\S+ )*(make [a-z]|go (run|build|install|test|generate) )[^`]*)`")
	// comment matches the end of a line that is one: a # after spaces, or what stands apart like another column.
	comment = regexp.MustCompile(`\s+#.*$|(\S)\s{4,}.*$`)
	// generated matches what this command has put into a document.
	generated = regexp.MustCompile(`(?s)<!-- commands -->.*?<!-- end -->`)
	continued = regexp.MustCompile(`\s*\\\n#?\s*`)
	fence     = regexp.MustCompile("^ *```(\\w*)")
)

// normal returns a command in single spaces, without its comment.
func normal(line string) string {
	return strings.Join(strings.Fields(comment.ReplaceAllString(strings.TrimSpace(line), "$1")), " ")
}

// extractMarkdown returns the commands of a document in Markdown. In console and text blocks they stand behind a
// prompt, the rest being output; sh and bash blocks are commands alone; in indented blocks a line is a command by how
// it begins; and in running text, where it begins with make or go.
func extractMarkdown(text string) []string {
	var found []string
	var prose strings.Builder
	fenced, language := false, ""
	for _, line := range joined(generated.ReplaceAllString(text, "")) {
		if m := fence.FindStringSubmatch(line); m != nil {
			found = append(found, extractInline(prose.String())...)
			prose.Reset()
			fenced, language = !fenced, m[1]
			continue
		}
		switch {
		case fenced && (language == "sh" || language == "bash"):
			if c := normal(line); c != "" && c[0] != '#' {
				found = append(found, c)
			}
		case fenced:
			if rest, is := strings.CutPrefix(strings.TrimLeft(line, " "), transcript); is {
				found = append(found, transcript+normal(rest))
			}
		case strings.HasPrefix(line, "    ") && begins.MatchString(strings.TrimSpace(line)):
			found = append(append(found, extractInline(prose.String())...), normal(line))
			prose.Reset()
		default:
			prose.WriteString(line + "\n")
		}
	}
	return append(found, extractInline(prose.String())...)
}

func extractInline(prose string) []string {
	var found []string
	for _, m := range inline.FindAllStringSubmatch(prose, -1) {
		found = append(found, normal(m[1]))
	}
	return found
}

// extractComments returns the commands in the comments of an example: lines that stand further in than its text.
func extractComments(text string) []string {
	var found []string
	for _, line := range joined(text) {
		rest, is := strings.CutPrefix(line, "#")
		inner := strings.TrimLeft(rest, " \t")
		if is && (strings.HasPrefix(rest, "  ") || strings.HasPrefix(rest, "\t")) && begins.MatchString(inner) {
			found = append(found, normal(inner))
		}
	}
	return found
}

// joined returns the lines of a text, with those that end in a backslash put together with the next.
func joined(text string) []string {
	return strings.Split(continued.ReplaceAllString(text, " "), "\n")
}
