package report

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"slices"

	"drainit/cmd/drainlint/internal/rules"
)

// The part of SARIF 2.1.0 that is written (OASIS, Static Analysis Results Interchange Format).
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		ColumnKind  string            `json:"columnKind"`
		Results     []sarifResult     `json:"results"`
	}
	sarifInvocation struct {
		Successful bool `json:"executionSuccessful"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string          `json:"id"`
		ShortDescription sarifText       `json:"shortDescription"`
		FullDescription  sarifText       `json:"fullDescription"`
		Help             sarifText       `json:"help"`
		HelpURI          string          `json:"helpUri,omitempty"`
		Default          sarifConfig     `json:"defaultConfiguration"`
		Properties       sarifProperties `json:"properties"`
	}
	sarifConfig struct {
		Level rules.Level `json:"level"`
	}
	sarifProperties struct {
		Tags []string `json:"tags"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     rules.Level     `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
		Kind string `json:"kind"`
	}
)

// SARIF writes a log of one run; successful is whether all input could be read. Standard input is the file "stdin".
func SARIF(w io.Writer, version string, successful bool, findings []rules.Finding) error {
	driver := sarifDriver{Name: "drainlint", Version: version}
	checks := rules.Checks()
	for _, c := range checks {
		r := sarifRule{
			ID: c.ID, ShortDescription: sarifText{c.Says}, Default: sarifConfig{c.Level},
			FullDescription: sarifText{fmt.Sprintf("Rule %d of uptime, %s: %s.", c.Rule, rules.Rules[c.Rule-1], c.Says)},
			Help:            sarifText{c.Source.Title + ": " + c.Source.URL},
			Properties:      sarifProperties{[]string{"uptime", fmt.Sprintf("rule-%d", c.Rule)}},
		}
		if u, err := url.Parse(c.Source.URL); err == nil && u.IsAbs() {
			r.HelpURI = c.Source.URL
		}
		driver.Rules = append(driver.Rules, r)
	}
	run := sarifRun{Tool: sarifTool{driver}, Invocations: []sarifInvocation{{successful}}, ColumnKind: "utf16CodeUnits",
		Results: []sarifResult{}}
	for _, f := range findings {
		run.Results = append(run.Results, sarifResult{
			RuleID:    f.Check.ID,
			RuleIndex: slices.IndexFunc(checks, func(c *rules.Check) bool { return c.ID == f.Check.ID }),
			Level:     f.Check.Level,
			Message:   sarifText{fmt.Sprintf("%s: %s %s %s", f.Where(), f.Wrong, f.Cost, f.Write)},
			Locations: []sarifLocation{{
				Physical: sarifPhysical{sarifArtifact{uri(f.File)}, sarifRegion{max(f.Line, 1)}},
				Logical:  []sarifLogical{{f.Where(), "resource"}},
			}},
		})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(sarifLog{"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		"2.1.0", []sarifRun{run}})
}

// uri writes a file's name as a reference: relative ones stay relative to where drainlint was run.
func uri(file string) string {
	if file == "-" {
		return "stdin"
	}
	u := url.URL{Path: filepath.ToSlash(file)}
	if filepath.IsAbs(file) {
		u.Scheme = "file"
	}
	return u.String()
}
