package ctl

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"drainit/internal/config"
	"drainit/internal/probe"
)

// health asks a question that is answered by yes or no.
func (c call) health(path, no string) error {
	sc, err := c.flags(config.Flags{"probe-addr": config.TakesValue}, 0)
	if err != nil {
		return err
	}
	to, err := c.target(sc)
	if err != nil {
		return err
	}
	answer, err := c.ask(to, path)
	var nobody errNobody
	switch {
	case errors.As(err, &nobody):
		return fmt.Errorf("%s: %w; %s", no, err, c.around.whoIsHere())
	case err != nil:
		return fmt.Errorf("%s: %w", no, err)
	case answer.Code != http.StatusOK:
		return fmt.Errorf("%s: %s", no, failedChecks(answer))
	}
	return nil
}

// failedChecks takes what failed out of a verbose answer: its lines "[-]".
func failedChecks(a probe.Answer) string {
	var failed []string
	for line := range strings.Lines(string(a.Body)) {
		if f, ok := strings.CutPrefix(strings.TrimSpace(line), "[-]"); ok {
			failed = append(failed, f)
		}
	}
	if failed == nil {
		return fmt.Sprintf("status %d", a.Code)
	}
	return printable(strings.Join(failed, "; "))
}
