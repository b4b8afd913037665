package config

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"drainit/internal/fifo"
	"drainit/internal/probe"
	"drainit/internal/signals"
)

// Action is something to be done at an instant of a stop: a signal to the
// program, or something that tells it otherwise.
type Action struct {
	Text   string                           // without what may be secret
	Signal signals.Signal                   // 0: run
	Run    func(within time.Duration) error // may hang nevertheless
}

// parseActions reads one action a line. Every problem is in the error, which
// errors.Join made.
func parseActions(v string) ([]Action, error) {
	if v == "none" {
		return nil, nil
	}
	var actions []Action
	lines, errs := eachLine(v, func(line string) error {
		a, err := parseAction(line)
		actions = append(actions, a)
		return err
	})
	if lines == 0 {
		errs = append(errs, errNoAction)
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	return actions, nil
}

var errNoAction = errors.New("no action; write a signal such as USR1, post:URL, put:URL, write:PATH:TEXT, or none")

func parseAction(s string) (Action, error) {
	kind, what, _ := strings.Cut(s, ":")
	switch {
	case kind == "post" || kind == "put":
		post, err := probe.ParsePost(strings.ToUpper(kind), what)
		if err != nil {
			return Action{}, fmt.Errorf("%s: %w", kind, err)
		}
		return Action{Text: kind + ":" + post.String(), Run: post.Run}, nil
	case kind == "write":
		text, err := fifo.Parse(what)
		if err != nil {
			return Action{}, fmt.Errorf("write: %w", err)
		}
		return Action{Text: "write:" + text.String(), Run: func(time.Duration) error { return text.Write() }}, nil
	case kind == "http" || kind == "https":
		return Action{}, errors.New("no action; did you mean post:http://… or put:http://…?")
	case s == "none":
		return Action{}, errors.New("none stands alone; leave it out beside another action")
	}
	sig, err := signals.ParseSent(s)
	if sig == 0 {
		return Action{}, errNoAction
	}
	return Action{Text: signals.Name(sig), Signal: sig}, err
}

// setActions makes the setter of a list of actions. given tells the plan.
func setActions(list func(*Config) (actions *[]Action, given *bool)) func(*Config, string) error {
	return func(c *Config, v string) error {
		actions, err := parseActions(v)
		if err == nil {
			to, given := list(c)
			*to, *given = actions, actions != nil
		}
		return err
	}
}

// withoutTexts returns actions, or what was meant to be some, without what may
// be secret in them: the texts to write or send, and of URLs the user and query.
func withoutTexts(v string) string {
	lines := strings.Split(v, "\n")
	for i, line := range lines {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "write:"); ok {
			path, _, hasText := strings.Cut(rest, ":")
			if hasText {
				path += ":..."
			}
			lines[i] = "write:" + path
			continue
		}
		url, _, hasBody := strings.Cut(line, " ")
		lines[i] = withoutSecrets(url)
		if hasBody {
			lines[i] += " ..."
		}
	}
	return strings.Join(lines, "\n")
}

// Texts returns the actions as they were given.
func Texts(actions []Action) []string {
	list := []string{}
	for _, a := range actions {
		list = append(list, a.Text)
	}
	return list
}
