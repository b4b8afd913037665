package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// A result is what the rollouts of a cell showed on one of its routes.
type result struct {
	Platform string    `json:"platform"`
	Route    string    `json:"route"`
	Mode     string    `json:"server"`
	Lane     string    `json:"init"`
	Seconds  []float64 `json:"seconds"` // of each rollout
	Tallies  tallies   `json:"tallies"` // by responses and kinds
}

func newResult(c cell, route int) result {
	return result{c.platform.name, c.routes[route].name, c.mode, c.lane.name, nil, newTallies()}
}

// same reports whether two results are of the same cell and route.
func (r result) same(other result) bool {
	return r.Platform == other.Platform && r.Route == other.Route && r.Mode == other.Mode && r.Lane == other.Lane
}

// measured are the results so far, kept in a file, from which the document's tables are made.
type measured struct {
	path string
	mu   sync.Mutex

	Versions [][]string `json:"versions"`
	Lags     [][]string `json:"lags"`
	Results  []result   `json:"results"`
}

// recall reads the file, if there is one. Without a path nothing is kept.
func recall(path string) (*measured, error) {
	m := &measured{path: path}
	if path == "" {
		return m, nil
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err == nil {
		err = json.Unmarshal(text, m)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// find returns what is known of a cell and route, nil for nothing.
func (m *measured) find(r result) *result {
	n := slices.IndexFunc(m.Results, r.same)
	if n < 0 {
		return nil
	}
	return &m.Results[n]
}

// rollouts is how many of a cell are measured on all of its routes.
func (m *measured) rollouts(c cell) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	least := -1
	for n := range c.routes {
		has := 0
		if known := m.find(newResult(c, n)); known != nil {
			has = len(known.Seconds)
		}
		if least < 0 || has < least {
			least = has
		}
	}
	return least
}

// keep takes results in, in addition to those known of their cells or in the place of those that are of no more rollouts,
// and writes the file.
func (m *measured) keep(results []result, add bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range results {
		known := m.find(r)
		switch {
		case len(r.Seconds) == 0:
		case known == nil:
			m.Results = append(m.Results, r)
		case add:
			known.Seconds = append(known.Seconds, r.Seconds...)
			known.Tallies.add(r.Tallies)
		case len(r.Seconds) >= len(known.Seconds):
			*known = r
		}
	}
	return m.write()
}

// set changes what is no result, and writes the file.
func (m *measured) set(what *[][]string, to [][]string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	*what = to
	return m.write()
}

// write puts the file in place of the old one at once, a line for each result.
func (m *measured) write() error {
	if m.path == "" {
		return nil
	}
	var b strings.Builder
	versions, _ := json.Marshal(m.Versions)
	lags, _ := json.Marshal(m.Lags)
	fmt.Fprintf(&b, "{\"versions\": %s,\n\"lags\": %s,\n\"results\": [", versions, lags)
	for n, r := range m.Results {
		line, _ := json.Marshal(r)
		if n > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		b.Write(line)
	}
	b.WriteString("\n]}\n")
	next := filepath.Join(filepath.Dir(m.path), "."+filepath.Base(m.path))
	if err := os.WriteFile(next, []byte(b.String()), 0o644); err != nil {
		return err
	}
	return os.Rename(next, m.path)
}
