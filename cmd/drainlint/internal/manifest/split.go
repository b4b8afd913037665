// Package manifest reads rendered Kubernetes manifests: YAML or JSON streams of objects and lists. It keeps where each
// field was written, refuses fields that the API does not have, and passes over kinds that say nothing about uptime. It
// judges nothing.
package manifest

import "strings"

// chunk is one document of a stream.
type chunk struct {
	text string
	line int // of its first line, from 1
}

// split divides a stream at its "---" lines, as kubectl does. A document of comments alone is none.
func split(text string) []chunk {
	var chunks []chunk
	var lines []string
	from := 1
	end := func(next int) {
		if strings.TrimSpace(withoutComments(lines)) != "" {
			chunks = append(chunks, chunk{strings.Join(lines, "\n") + "\n", from})
		}
		lines, from = nil, next
	}
	text = strings.TrimPrefix(strings.ReplaceAll(text, "\r\n", "\n"), "\ufeff")
	for i, line := range strings.Split(text, "\n") {
		if rest, is := strings.CutPrefix(line, "---"); is && isMarkerEnd(rest) {
			end(i + 2)
			continue
		}
		lines = append(lines, line)
	}
	end(0)
	return chunks
}

// isMarkerEnd reports whether what follows "---" leaves it a mark between documents.
func isMarkerEnd(rest string) bool {
	rest = strings.TrimSpace(rest)
	return rest == "" || strings.HasPrefix(rest, "#")
}

func withoutComments(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "#") || strings.HasPrefix(line, "%YAML") || trimmed == "..." {
			continue
		}
		b.WriteString(trimmed)
	}
	return b.String()
}
