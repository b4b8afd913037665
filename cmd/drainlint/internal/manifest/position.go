package manifest

import (
	"regexp"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v3"
)

// Source is where an object was written.
type Source struct {
	File     string
	Document int    // from 1, in the file
	prefix   string // of the object in its document: items[2]
	root     *yaml.Node
	first    int // line of the document's first line
}

// Line returns the line of a field such as spec.template.spec.containers[0].lifecycle, or of what of its path was
// written: a field that is missing has no line of its own. It is 0 if nothing is known.
func (s Source) Line(path string) int {
	node := s.root
	if node == nil {
		return s.first
	}
	line := node.Line
	for _, step := range steps(join(s.prefix, path)) {
		key, value := child(node, step)
		if value == nil {
			break
		}
		node, line = value, key.Line
	}
	return s.first + line - 1
}

// join puts a path behind a prefix.
func join(prefix, path string) string {
	if prefix == "" || path == "" {
		return prefix + path
	}
	return prefix + "." + path
}

var stepForm = regexp.MustCompile(`[^.\[\]]+|\[\d+\]`)

func steps(path string) []string { return stepForm.FindAllString(path, -1) }

// child returns what a step leads to, and the node that names it: the key of a mapping, the item of a sequence. A name
// asked of a sequence is looked for in all its items.
func child(node *yaml.Node, step string) (key, value *yaml.Node) {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	switch node.Kind {
	case yaml.DocumentNode:
		if len(node.Content) > 0 {
			return child(node.Content[0], step)
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(strings.Trim(step, "[]")); err == nil && strings.HasPrefix(step, "[") {
			if i < len(node.Content) {
				return node.Content[i], node.Content[i]
			}
			return nil, nil
		}
		for _, item := range node.Content {
			if item.Kind == yaml.SequenceNode {
				continue
			}
			if key, value := child(item, step); value != nil {
				return key, value
			}
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == step {
				return node.Content[i], node.Content[i+1]
			}
		}
	}
	return nil, nil
}
