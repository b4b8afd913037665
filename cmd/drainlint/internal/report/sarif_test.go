package report

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"drainit/cmd/drainlint/internal/manifest"
	"drainit/cmd/drainlint/internal/rules"
)

// The log has what SARIF 2.1.0 requires, and each result its rule, at its index.
func TestSARIF(t *testing.T) {
	const path = "../../testdata/checks/prestop-outlasts-grace/breaks.yaml"
	set := manifest.New()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := set.Read("a dir/b.yaml", f); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := SARIF(&out, "1.2.3", true, rules.Judge(set, rules.Options{Rate: 100})); err != nil {
		t.Fatal(err)
	}
	var log struct {
		Schema  string `json:"$schema"`
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct {
					Name  string
					Rules []struct {
						ID                   string
						ShortDescription     struct{ Text string }
						DefaultConfiguration struct{ Level string }
					}
				}
			}
			Results []struct {
				RuleID    string
				RuleIndex int
				Level     string
				Message   struct{ Text string }
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(out.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || log.Schema == "" || len(log.Runs) != 1 || len(log.Runs[0].Results) != 1 {
		t.Fatalf("version %q, %d runs, want 2.1.0 and one run with one result: %s", log.Version, len(log.Runs), &out)
	}
	run := log.Runs[0]
	result := run.Results[0]
	rule := run.Tool.Driver.Rules[result.RuleIndex]
	if run.Tool.Driver.Name != "drainlint" || result.RuleID != "prestop-outlasts-grace" || rule.ID != result.RuleID ||
		result.Level != "error" {
		t.Errorf("%s reports %s (%s) as rule %d, which is %s", run.Tool.Driver.Name, result.RuleID, result.Level,
			result.RuleIndex, rule.ID)
	}
	if at := result.Locations[0].PhysicalLocation; at.ArtifactLocation.URI != "a%20dir/b.yaml" ||
		at.Region.StartLine != 27 {
		t.Errorf("the place is %+v, want line 27 of a%%20dir/b.yaml", at)
	}
	for _, r := range run.Tool.Driver.Rules {
		if r.ShortDescription.Text == "" || !slices.Contains([]string{"error", "warning", "note"},
			r.DefaultConfiguration.Level) {
			t.Errorf("rule %s: %+v", r.ID, r)
		}
	}
}

// Without findings there is still a run, with an empty list of results, which means that all was looked at.
func TestSARIFOfNothing(t *testing.T) {
	var out bytes.Buffer
	if err := SARIF(&out, "1", false, nil); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"results": []`, `"executionSuccessful": false`} {
		if !bytes.Contains(out.Bytes(), []byte(want)) {
			t.Errorf("no %s in %s", want, &out)
		}
	}
}
