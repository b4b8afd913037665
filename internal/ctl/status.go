package ctl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"unicode"

	"drainit/internal/config"
	"drainit/internal/probe"
)

// status prints what the drainit of this container is doing.
func (c call) status() error {
	sc, err := c.flags(config.Flags{"probe-addr": config.TakesValue, "json": config.IsSwitch}, 0)
	if err != nil {
		return err
	}
	to, err := c.target(sc)
	if err != nil {
		return err
	}
	st, body, err := c.drain(to)
	var nobody errNobody
	if errors.As(err, &nobody) {
		return fmt.Errorf("%w; %s%s", err, c.around.whoIsHere(), c.around.whatToWrite())
	}
	if err != nil {
		return err
	}
	if sc.Has("json") {
		_, err = c.stdout.Write(body) // as it is: a newer one may say more
	} else {
		_, err = fmt.Fprint(c.stdout, st.Text())
	}
	return err
}

// drain asks for /drain, and returns what was read and what it says.
func (c call) drain(to probeTarget) (st probe.Status, body []byte, err error) {
	answer, err := c.ask(to, "/drain")
	if err != nil {
		return st, nil, err
	}
	if answer.Code != http.StatusOK {
		return st, nil, fmt.Errorf("status %d: %s", answer.Code, printable(string(bytes.TrimSpace(answer.Body))))
	}
	if err := json.Unmarshal(answer.Body, &st); err != nil {
		return st, nil, fmt.Errorf("the reply is no status: %w", err)
	}
	return st, answer.Body, nil
}

// whoIsHere says what runs here instead of a drainit that answers. It names no
// arguments, which may hold secrets: what a probe prints is kept in events.
func (a surroundings) whoIsHere() string {
	if n, ok := a.findDrainit(); ok {
		return fmt.Sprintf("drainit is running as PID %d, and its log says whether it serves probes", n.pid)
	}
	if a.self == 1 {
		return "this is PID 1 of a container of its own, run ctl inside the other one (kubectl exec, docker exec)"
	}
	argv, err := a.argv(1)
	if err != nil || len(argv) == 0 {
		return "neither drainit nor PID 1 can be seen here"
	}
	name, _ := programOf(argv)
	return fmt.Sprintf("PID 1 is %s, drainit is not running here", printable(name))
}

// whatToWrite returns what to write where drainit is not running: a manifest's
// command: replaces the image's ENTRYPOINT.
func (a surroundings) whatToWrite() string {
	argv, err := a.argv(1)
	if _, found := a.findDrainit(); found || a.self == 1 || err != nil || len(argv) == 0 {
		return ""
	}
	_, command := programOf(argv)
	return "\na manifest's command: replaces the image's ENTRYPOINT; write\n    command: " + commandFor(a.executable, command)
}

// programOf returns the name of a program and the command that starts it, as
// far as its command line still shows it.
func programOf(argv []string) (name string, command []string) {
	name = path.Base(argv[0])
	if i := slices.Index(argv, "--"); i > 0 && slices.Contains([]string{"tini", "docker-init", "dumb-init", "catatonit"}, name) {
		return name, argv[i+1:] // instead of that init
	}
	if name == "pause" { // of a pod with shareProcessNamespace
		return name, []string{"COMMAND"}
	}
	// A title that the program wrote over it: "nginx: master process nginx".
	if title, _, ok := strings.Cut(argv[0], ": "); ok && len(argv) == 1 {
		return title, []string{title, "ARG"}
	}
	return name, argv
}

// commandFor returns a line of YAML, which JSON is.
func commandFor(drainit string, command []string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(append([]string{drainit, "--"}, command...)); err != nil {
		return err.Error()
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// printable keeps a text on its line and from speaking to the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}
