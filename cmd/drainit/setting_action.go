package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"drainit/internal/fifo"
	"drainit/internal/probe"
	"drainit/internal/signals"
)

// action is something to be done at an instant of a stop: a signal to the
// program, or something that tells it otherwise.
type action struct {
	text   string                           // without what may be secret
	signal signals.Signal                   // 0: run
	run    func(within time.Duration) error // may hang nevertheless
}

// parseActions reads one action a line. Every problem is in the error, which
// errors.Join made.
func parseActions(v string) ([]action, error) {
	if v == "none" {
		return nil, nil
	}
	var actions []action
	var errs []error
	for line := range strings.Lines(v) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		a, err := parseAction(line)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		actions = append(actions, a)
	}
	if len(actions)+len(errs) == 0 {
		errs = append(errs, errNoAction)
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	return actions, nil
}

var errNoAction = errors.New("no action; write a signal such as USR1, post:URL, write:PATH:TEXT, or none")

func parseAction(s string) (action, error) {
	kind, what, _ := strings.Cut(s, ":")
	switch {
	case kind == "post":
		post, err := probe.ParsePost(what)
		if err != nil {
			return action{}, fmt.Errorf("post: %w", err)
		}
		return action{text: "post:" + post.String(), run: post.Run}, nil
	case kind == "write":
		text, err := fifo.Parse(what)
		if err != nil {
			return action{}, fmt.Errorf("write: %w", err)
		}
		return action{text: "write:" + text.String(), run: func(time.Duration) error { return text.Write() }}, nil
	case kind == "http" || kind == "https":
		return action{}, errors.New("no action; did you mean post:http://…?")
	case s == "none":
		return action{}, errors.New("none stands alone; leave it out beside another action")
	}
	sig, err := signals.ParseSent(s)
	if sig == 0 {
		return action{}, errNoAction
	}
	return action{text: signals.Name(sig), signal: sig}, err
}

// setActions makes the setter of a list of actions. given tells the plan.
func setActions(list func(*config) (actions *[]action, given *bool)) func(*config, string) error {
	return func(c *config, v string) error {
		actions, err := parseActions(v)
		if err == nil {
			to, given := list(c)
			*to, *given = actions, actions != nil
		}
		return err
	}
}

// withoutTexts returns actions, or what was meant to be some, without what may
// be secret in them: the texts to write, and of URLs the user and query.
func withoutTexts(v string) string {
	lines := strings.Split(v, "\n")
	for i, line := range lines {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "write:"); ok {
			path, _, hasText := strings.Cut(rest, ":")
			if hasText {
				path += ":..."
			}
			lines[i] = "write:" + path
			continue
		}
		lines[i] = withoutSecrets(line)
	}
	return strings.Join(lines, "\n")
}

func texts(actions []action) []string {
	list := []string{}
	for _, a := range actions {
		list = append(list, a.text)
	}
	return list
}
