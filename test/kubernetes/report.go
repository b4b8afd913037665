package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"drainit/test/markdown"
)

func decode(text string, into any) error { return json.Unmarshal([]byte(text), into) }

// describe is the line of what was run on what.
func describe(now time.Time, version string, nodes int, runtime, kernel, arch, drainit string) string {
	word := "nodes"
	if nodes == 1 {
		word = "node"
	}
	return fmt.Sprintf("%s: Kubernetes %s of %d %s, %s, Linux %s (%s); drainit %s", now.Format(time.DateOnly),
		strings.TrimPrefix(version, "v"), nodes, word, strings.Replace(runtime, "://", " ", 1), kernel, arch,
		strings.TrimSpace(strings.TrimPrefix(drainit, "drainit ")))
}

// guidePath has the rollouts, too.
const guidePath = "docs/guides/kubernetes.md"

// write puts what was found into the document, and the rollouts into the guide.
func write(path, machine string, results []*result) error {
	made := map[string]string{"statements": statementsTable(), "counts": counts()}
	if machine != "" {
		made["machine"] = machine + "\n"
	}
	if len(results) > 0 {
		made["rollouts"] = rolloutsTable(results)
		if err := markdown.Rewrite(guidePath, map[string]string{"rollouts": made["rollouts"]}); err != nil {
			return err
		}
	}
	return markdown.Rewrite(path, made)
}

func rolloutsTable(results []*result) string {
	heads := []string{""}
	for _, c := range clients {
		heads = append(heads, fmt.Sprintf("%s (%d/s)", c.name, c.rate))
	}
	rows := [][]string{append(heads, "an old pod gone after", "all gone after")}
	for _, r := range results {
		rows = append(rows, r.row())
	}
	return markdown.Table(rows)
}

func counts() string {
	checked := 0
	for _, s := range statements {
		if s.check != nil {
			checked++
		}
	}
	return fmt.Sprintf("%d statements; %d checked, by %d functions; %d not.\n", len(statements), checked, len(checks()), len(statements)-checked)
}

func statementsTable() string {
	rows := [][]string{{"the guide says", "checked by, or why not"}}
	for _, s := range statements {
		how := s.why
		if s.check != nil {
			how = "`" + s.check.String() + "`"
		}
		rows = append(rows, []string{s.says, how})
	}
	return markdown.Table(rows)
}
