// Package docker_test runs drainit as PID 1 of real containers under a real
// Docker engine: FROM scratch as a user who has no rights, and in a Debian with
// the servers people run.
//
// It asks what only an engine can tell: what `docker stop` comes to, whether
// default seccomp and no capabilities leave drainit all it needs, and whether
// the Dockerfile lines of the manual work as written. It needs no registry and
// no network but the loopback, and for the Debian root the mirror this machine
// installs from. Everything it makes carries the label drainit-test, and is
// removed when it ends.
//
// Where no engine answers these tests are skipped, except in CI.
package docker_test

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	go removeOnSignal()
	status := m.Run()
	if engineAnswers() {
		removeAll()
	}
	os.RemoveAll(workshop())
	os.Exit(status)
}

// dockerCommand is what removes. Tests look for docker in PATH.
var dockerCommand = "docker"

// removeOnSignal removes everything when the tests are interrupted. They go on
// meanwhile, without the command that makes more; what the engine is at already is
// seen a moment later.
func removeOnSignal() {
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, syscall.SIGINT, syscall.SIGTERM)
	<-interrupted
	signal.Ignore(syscall.SIGPIPE) // go test may have gone, which reads what is printed here
	if path, err := exec.LookPath("docker"); err == nil && engineAnswers() {
		dockerCommand = path
		os.Setenv("PATH", "")
		for range 3 {
			removeAll()
			time.Sleep(time.Second)
		}
	}
	os.RemoveAll(workshop())
	os.Exit(1)
}

// engineAnswers reports whether there is a Docker engine to talk to.
var engineAnswers = sync.OnceValue(func() bool {
	version, err := exec.Command("docker", "info", "--format", "{{.ServerVersion}}").Output()
	return err == nil && len(strings.TrimSpace(string(version))) > 0
})

// needEngine skips the test where no engine answers, and fails it in CI, where
// a skip would go unseen.
func needEngine(t *testing.T) {
	t.Helper()
	if engineAnswers() {
		return
	}
	const reason = "docker: no engine answers"
	if os.Getenv("CI") == "true" {
		t.Fatal(reason + ", and CI=true requires one")
	}
	t.Skip(reason)
}

// workshop is a directory for what all tests share, removed after the last.
var workshop = sync.OnceValue(func() string {
	dir, err := os.MkdirTemp("", "drainit-docker-")
	if err != nil {
		panic(err)
	}
	return dir
})

// runLabel returns the label of everything this run makes.
func runLabel() string { return "drainit-test=" + strconv.Itoa(os.Getpid()) }

// removeAll removes what carries this run's label: containers first, which
// hold the images.
func removeAll() {
	removeListed([]string{"ps", "--all"}, []string{"rm", "--force", "--volumes"})
	removeListed([]string{"images", "--all"}, []string{"rmi", "--force"})
}

// removeListed removes with one command of the Docker CLI what another lists.
func removeListed(list, remove []string) {
	ids, err := exec.Command(dockerCommand, append(list, "--quiet", "--filter", "label="+runLabel())...).Output()
	if err != nil || len(strings.Fields(string(ids))) == 0 {
		return
	}
	output, err := exec.Command(dockerCommand, append(remove, strings.Fields(string(ids))...)...).CombinedOutput()
	if err != nil {
		fmt.Fprintf(os.Stderr, "docker %s: %v: %s\n", strings.Join(remove, " "), err, output)
	}
}
