package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Limits of one command: to end, to answer where it stays in the foreground, and to end when it was told to.
const (
	toEnd    = 20 * time.Minute
	toAnswer = 10 * time.Minute
	toStop   = time.Minute
)

// runner runs commands in one clone.
type runner struct {
	out     io.Writer
	above   string   // the directory of all that the run writes
	dir     string   // the clone
	env     []string // with bin of the clone in PATH
	serving *exec.Cmd
	ended   chan error // of serving
	engine  *engine
}

// runDocuments runs the commands of the chosen documents, or of all, each document in a clone of its own, and returns
// an error that names what failed. fresh is with empty Go caches, and with what .ci/run runs.
func runDocuments(out io.Writer, rows []row, all []command, chosen []string, fresh bool) error {
	dir, err := os.MkdirTemp("", "commands-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	e := newEngine()
	defer e.close()
	var failed []string
	for _, document := range documentsIn(".") {
		if len(chosen) > 0 && !slices.Contains(chosen, document) {
			continue
		}
		here := slices.DeleteFunc(slices.Clone(all), func(c command) bool {
			r, _ := find(rows, c.text)
			return c.document != document || !(runsHere(r) || fresh)
		})
		if len(here) == 0 {
			continue
		}
		failed = append(failed, e.runDocument(out, dir, document, rows, here, fresh)...)
	}
	if len(failed) > 0 {
		return fmt.Errorf("failed: %s", strings.Join(failed, "; "))
	}
	return nil
}

func runsHere(r row) bool { return strings.HasPrefix(r.by, here) }

// runDocument runs some commands of one document in a clone below dir and returns those that failed.
func (e *engine) runDocument(out io.Writer, dir, document string, rows []row, commands []command, fresh bool) []string {
	fmt.Fprintf(out, "\n== %s\n", document)
	r, err := newRunner(e, out, dir, fresh)
	if err != nil {
		return []string{document + ": " + err.Error()}
	}
	stop := r.removeOnSignal()
	defer stop()
	defer r.engine.remove()
	var failed []string
	if !fresh { // else make demo, with which the documents begin, has done it
		if err := r.run("make -s build"); err != nil {
			return []string{document + ": make build: " + err.Error()}
		}
	}
	for _, c := range commands {
		row, _ := find(rows, c.text)
		err := r.do(c, row, fresh)
		r.engine.see()
		if err != nil {
			fmt.Fprintf(out, "failed: %v\n", err)
			failed = append(failed, document+": "+c.text+": "+err.Error())
		}
	}
	return append(failed, prefixed(document, r.stop())...)
}

func prefixed(document string, err error) []string {
	if err == nil {
		return nil
	}
	return []string{document + ": " + err.Error()}
}

// do runs a command, or says who does.
func (r *runner) do(c command, row row, fresh bool) error {
	shown := strings.TrimPrefix(c.text, transcript)
	fmt.Fprintf(r.out, "\n$ %s\n", shown)
	line, until := shown, strings.TrimPrefix(row.by, hereUntil)
	if row.by == nobody {
		fmt.Fprintf(r.out, "(not run: %s)\n", row.as)
		return nil
	}
	shows := strings.HasPrefix(c.text, transcript+"drainit ") // and may well be refused: test/docs compares the words
	if !runsHere(row) && !shows && !(fresh && row.by == ci) {
		fmt.Fprintf(r.out, "(run by %s)\n", row.by)
		return nil
	}
	if row.as != "" {
		line = row.as
	}
	line = composed(line)
	if strings.Contains(line, "$GOLANG") {
		if err := r.engine.makeGolang(r.out); err != nil {
			return err
		}
	}
	if line != shown {
		fmt.Fprintf(r.out, "(run as: %s)\n", line)
	}
	began := time.Now()
	var err error
	if until != row.by {
		err = r.serve(line, until)
	} else if err = r.run(line); shows && errors.As(err, new(*exec.ExitError)) {
		err = nil
	}
	fmt.Fprintf(r.out, "(%.1f s)\n", time.Since(began).Seconds())
	return err
}

// composed is a line for the Compose that is here: Debian 12 has it as a command of its own.
func composed(line string) string {
	if strings.Contains(line, "docker compose ") && exec.Command("docker", "compose", "version").Run() != nil {
		return strings.ReplaceAll(line, "docker compose ", "docker-compose ")
	}
	return line
}

// newRunner makes the clone, of the last commit.
func newRunner(e *engine, out io.Writer, dir string, fresh bool) (*runner, error) {
	where, err := os.MkdirTemp(dir, "clone-")
	if err != nil {
		return nil, err
	}
	clone := filepath.Join(where, "drainit")
	if text, err := exec.Command("git", "clone", "--quiet", ".", clone).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("git clone: %w: %s", err, text)
	}
	r := &runner{engine: e, out: out, above: dir, dir: clone, env: append(os.Environ(), "PATH="+clone+"/bin:"+os.Getenv("PATH"), "GOBIN="+where+"/gobin",
		"MAKEFLAGS=", "CI=", "DOCKER_BUILDKIT=0", "COMPOSE_DOCKER_CLI_BUILD=0")}
	r.env = append(r.env, "GOLANG="+e.golang, "COMPOSE_PROJECT_NAME="+e.project)
	if fresh {
		r.env = append(r.env, "GOCACHE="+dir+"/gocache", "GOMODCACHE="+dir+"/gomodcache", "GOFLAGS=-modcacherw")
	}
	return r, nil
}

// command returns a command of the shell in a process group of its own, so that all of it can be interrupted.
func (r *runner) command(line string) *exec.Cmd {
	cmd := exec.Command("bash", "-c", line)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = r.dir, r.env, r.out, r.out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// run runs a command to its end.
func (r *runner) run(line string) error {
	cmd := r.command(line)
	if err := cmd.Start(); err != nil {
		return err
	}
	late := time.AfterFunc(toEnd, func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	defer late.Stop()
	return cmd.Wait()
}

// serve starts a command that stays in the foreground, and waits until a URL answers. It goes on meanwhile, until the
// next of its kind, or the end of the document.
func (r *runner) serve(line, url string) error {
	if err := r.stop(); err != nil {
		return err
	}
	cmd := r.command(line)
	if err := cmd.Start(); err != nil {
		return err
	}
	r.serving, r.ended = cmd, make(chan error, 1)
	go func(ended chan error) { ended <- cmd.Wait() }(r.ended)
	for end := time.Now().Add(toAnswer); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if answers(url) {
			fmt.Fprintf(r.out, "(%s answers)\n", url)
			return nil
		}
		select {
		case err := <-r.ended:
			r.serving = nil
			return fmt.Errorf("it ended before %s answered: %w", url, err)
		default:
		}
	}
	return errors.Join(fmt.Errorf("%s does not answer", url), r.stop())
}

// stop interrupts what serves, as ^C does, and waits for its end. What has ended by then, by a command that is about
// it, has ended well.
func (r *runner) stop() error {
	if r.serving == nil {
		return nil
	}
	pid := r.serving.Process.Pid
	r.serving = nil
	select {
	case <-r.ended:
		return nil
	default:
	}
	fmt.Fprintln(r.out, "^C")
	_ = syscall.Kill(-pid, syscall.SIGINT)
	select {
	case <-r.ended:
		return nil
	case <-time.After(toStop):
		_ = syscall.Kill(-pid, syscall.SIGKILL)
		return fmt.Errorf("it does not end on ^C within %s", toStop)
	}
}

// answers reports whether a URL does, with 200.
func answers(url string) bool {
	client := http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(url)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}
