package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// engine is what a run makes in Docker: what a document makes is removed when that ends, the image that stands for
// golang, and what was compiled in it, when the run does.
type engine struct {
	golang  string // the image that stands for golang of a registry
	project string // of Compose
	made    sync.Once
	before  []string // images of the examples that were there
	built   []string // images of the examples since then, though another may have their name by now
}

func newEngine() *engine {
	name := fmt.Sprintf("drainit-commands-%d", os.Getpid())
	return &engine{golang: name + ":golang", project: name, before: images()}
}

// images returns the images of the examples, none where there is no engine.
func images() []string {
	out, _ := exec.Command("docker", "images", "--quiet", "--filter", "reference=drainit-example*").Output()
	return strings.Fields(string(out))
}

// see remembers which images there are by now.
func (e *engine) see() {
	for _, id := range images() {
		if !slices.Contains(e.before, id) && !slices.Contains(e.built, id) {
			e.built = append(e.built, id)
		}
	}
}

// makeGolang makes the image, once. Its label is inherited by what is built from it.
func (e *engine) makeGolang(out io.Writer) (err error) {
	e.made.Do(func() {
		fmt.Fprintf(out, "(making an image with this machine's Go, in place of the registry's golang)\n")
		// Debian roots and what has been compiled are those of the checkout that this runs in.
		cmd := exec.Command("test/docker/golang-image.sh", e.golang, e.label())
		cmd.Stdout, cmd.Stderr = out, out
		err = cmd.Run()
	})
	return err
}

func (e *engine) label() string { return "drainit-commands=" + e.project }

// remove removes what a document leaves: the containers and the network of Compose, and the images that were not there
// before.
func (e *engine) remove() {
	project := "label=com.docker.compose.project=" + e.project
	e.each([]string{"ps", "--all", "--quiet", "--filter", project}, "rm", "--force", "--volumes")
	e.each([]string{"network", "ls", "--quiet", "--filter", project}, "network", "rm")
	if e.see(); len(e.built) > 0 {
		_ = exec.Command("docker", append([]string{"rmi", "--force"}, e.built...)...).Run()
		e.built = nil
	}
}

// close removes the image that stands for golang and what was built from it.
func (e *engine) close() {
	e.each([]string{"images", "--all", "--quiet", "--filter", "label=" + e.label()}, "rmi", "--force")
}

// each removes, with a command of Docker, what another lists.
func (e *engine) each(list []string, remove ...string) {
	out, err := exec.Command("docker", list...).Output()
	if ids := strings.Fields(string(out)); err == nil && len(ids) > 0 {
		_ = exec.Command("docker", append(remove, ids...)...).Run()
	}
}

// removeOnSignal ends the run on SIGINT and SIGTERM, with nothing left behind, until it is stopped.
func (r *runner) removeOnSignal() (stop func()) {
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		if _, is := <-interrupted; !is {
			return
		}
		signal.Ignore(syscall.SIGPIPE) // go test may have gone, which reads what is printed here
		_ = r.stop()
		r.engine.remove()
		r.engine.close()
		os.RemoveAll(r.above)
		os.Exit(1)
	}()
	return func() { signal.Stop(interrupted); close(interrupted) }
}
