package docker_test

import (
	"fmt"
	"os/exec"
	"strings"
	"sync"
)

// golangImage stands for golang of a registry.
var golangImage = sync.OnceValues(func() (string, error) {
	name := imageName()
	_, err := output(exec.Command("./golang-image.sh", name, runLabel()))
	return name, err
})

// output runs a command that must succeed, and returns its stdout without the
// newline.
func output(cmd *exec.Cmd) (string, error) {
	var stderr strings.Builder
	cmd.Stderr = &stderr
	text, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", cmd, err, &stderr)
	}
	return strings.TrimSuffix(string(text), "\n"), nil
}
