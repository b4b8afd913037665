package manifest

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v3"
	kyaml "sigs.k8s.io/yaml"
)

// New returns an empty set.
func New() *Set { return &Set{Passed: map[string]int{}} }

// Read adds every object of a stream. It returns one error for all that is wrong with it, a line each; objects without
// errors are added nevertheless.
func (s *Set) Read(file string, r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	var errs problems
	chunks := split(string(text))
	if len(chunks) == 0 {
		return fmt.Errorf("%s: empty: no object in it", file)
	}
	for i, c := range chunks {
		src := Source{File: file, Document: i + 1, first: c.line}
		errs.add(s.document(src, c.text))
	}
	return errs.orNil()
}

// document adds the object of a document, or those of a list.
func (s *Set) document(src Source, text string) error {
	raw, err := kyaml.YAMLToJSONStrict([]byte(text))
	if err != nil {
		return src.malformed(err, text)
	}
	var root yaml.Node
	if yaml.Unmarshal([]byte(text), &root) == nil { // else lines are not known
		src.root = &root
	}
	return s.object(src, raw, 0)
}

// deepest is how many lists may be in each other.
const deepest = 8

func (s *Set) object(src Source, raw []byte, depth int) error {
	var head struct {
		APIVersion, Kind string
		Items            *[]json.RawMessage
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return src.wrong("", explain(err))
	}
	switch {
	case head.Kind == "":
		return src.wrong("", "no kind: every object has apiVersion and kind; rendered manifests are wanted here, not the "+
			"values of a chart")
	case head.APIVersion == "":
		return src.wrong("kind", fmt.Sprintf("%s without apiVersion", head.Kind))
	case !strings.HasSuffix(head.Kind, "List") || head.Items == nil:
		return s.add(src, raw)
	case depth == deepest:
		return src.wrong("items", "lists in lists, too deep")
	}
	var errs problems
	for i, item := range *head.Items {
		inner := src
		inner.prefix = join(src.prefix, fmt.Sprintf("items[%d]", i))
		errs.add(s.object(inner, withKind(item, head.APIVersion, head.Kind), depth+1))
	}
	return errs.orNil()
}

// withKind gives an item of a DeploymentList and the like the kind that it may leave out.
func withKind(item json.RawMessage, version, list string) json.RawMessage {
	var fields map[string]json.RawMessage
	if list == "List" || json.Unmarshal(item, &fields) != nil || fields == nil || fields["kind"] != nil {
		return item
	}
	fields["kind"], _ = json.Marshal(strings.TrimSuffix(list, "List"))
	fields["apiVersion"], _ = json.Marshal(version)
	whole, _ := json.Marshal(fields)
	return whole
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// malformed says what is wrong with a document that is no YAML, by the file's lines.
func (s Source) malformed(err error, text string) error {
	line := s.first
	what := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "error converting YAML to JSON: "), "yaml: ")
	if m := yamlLine.FindStringSubmatch(what); m != nil {
		n, _ := strconv.Atoi(m[1])
		line += n - 1
		what = strings.TrimPrefix(what, "unmarshal errors:\n  ")
		what = strings.TrimLeft(strings.Replace(what, m[0], "", 1), ": ")
	}
	if strings.Contains(text, "{{") {
		what += "; this looks like a template: render it first, as with helm template CHART | drainlint -"
	}
	return Problem{s.File, s.Document, line, strings.TrimSpace(strings.ReplaceAll(what, "\n", " "))}
}
