package docs_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// result is what a drainit that came to its end has said.
type result struct {
	stdout, stderr string
	status         int
}

// ask runs drainit to its end, with no settings in its environment.
func ask(t *testing.T, args ...string) result {
	t.Helper()
	return askWith(t, nil, args...)
}

// askWith is ask with these variables in the environment.
func askWith(t *testing.T, variables []string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(binary, args...)
	cmd.Env = append(environment(), variables...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// environment is this process's without what would be a setting, or tell of
// Kubernetes.
func environment() []string {
	var env []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "DRAINIT_") && !strings.HasPrefix(kv, "KUBERNETES_") {
			env = append(env, kv)
		}
	}
	return env
}

// flag is an entry of -h.
type flag struct {
	name      string // without dashes
	syntax    string // --drain-delay auto|D
	byDefault string
}

func (f flag) variable() string {
	return "DRAINIT_" + strings.ToUpper(strings.ReplaceAll(f.name, "-", "_"))
}

// flags returns the settings that -h has an entry for, in its order.
func flags(t *testing.T) []flag {
	t.Helper()
	var list []flag
	entry := regexp.MustCompile(`(?m)^  (--([a-z-]+)(?: \S+)?) +default (\S+)$`)
	for _, m := range entry.FindAllStringSubmatch(ask(t, "-h").stdout, -1) {
		list = append(list, flag{m[2], m[1], m[3]})
	}
	if len(list) < 10 {
		t.Fatalf("-h has entries for %d settings, want more: has its form changed?", len(list))
	}
	return list
}
