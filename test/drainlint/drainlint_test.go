// Package drainlint_test runs the tests of cmd/drainlint and test/render, which are modules of their own, with those of
// this one.
package drainlint_test

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

func TestModule(t *testing.T) { module(t, "cmd/drainlint") }

// Kustomize's component and Helm's snippet.
func TestRendered(t *testing.T) { module(t, "test/render") }

// module runs a module's tests. Every test there is a subtest here, so that it counts and can be seen to fail.
func module(t *testing.T, dir string) {
	out, err := exec.Command("go", "test", "-C", "../../"+dir, "-json", "-count=1", "./...").Output()
	output, ended := map[string]string{}, 0
	for line := range strings.Lines(string(out)) {
		var e struct{ Action, Package, Test, Output string }
		if json.Unmarshal([]byte(line), &e) != nil {
			t.Errorf("no event of a test: %s", line)
			continue
		}
		name := strings.TrimPrefix(e.Package+"/"+e.Test, "drainit/"+dir+"/")
		output[name] += e.Output
		if e.Test == "" || e.Action != "pass" && e.Action != "fail" {
			continue
		}
		ended++
		t.Run(name, func(t *testing.T) {
			if e.Action == "fail" {
				t.Error(output[name])
			}
		})
	}
	if err != nil || ended == 0 {
		t.Errorf("%d tests ended: %v: %s", ended, err, stderr(err))
	}
}

func stderr(err error) []byte {
	if exit, is := err.(*exec.ExitError); is {
		return exit.Stderr
	}
	return nil
}
