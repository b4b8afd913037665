package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// command is a server's own client from its package, run beside the server: in its network, in a container that is not
// stopped. A command prints ok if it was answered.
type command struct {
	beside     container
	fast, slow []string
	session    []string // connects and waits for its standard input; nil: nothing is kept
}

// prepare starts the client up to the point where a newline makes it run, so that the time that docker exec takes is
// over by then.
func (c command) prepare(slow bool) func() answer {
	args := c.fast
	if slow {
		args = c.slow
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	run := c.exec(ctx, append([]string{"sh", "-c", `read -r now; exec "$@"`, "sh"}, args...)...)
	var output bytes.Buffer
	run.Stdout, run.Stderr = &output, &output
	now, err := run.StdinPipe()
	if err == nil {
		err = run.Start()
	}
	return func() answer {
		defer cancel()
		if err != nil {
			return answer(err.Error())
		}
		limit := time.AfterFunc(patience, cancel)
		defer limit.Stop()
		io.WriteString(now, "\n")
		now.Close()
		err := run.Wait()
		if ctx.Err() != nil {
			return late
		}
		return said(output.String(), err)
	}
}

// said reads what a client has printed. redis-cli exits with 0 whatever it was told.
func said(output string, err error) answer {
	output = strings.ToLower(output)
	has := func(part string) bool { return strings.Contains(output, part) }
	switch word := strings.TrimSpace(output); {
	case err == nil && word == "ok":
		return served
	case err == nil && word == "queued":
		return queued
	case has("refused"), has("can't connect"):
		return refused
	case has("shutting down"), has("shutdown"):
		return rejected
	}
	return reset
}

func (c command) keep() (io.Closer, error) {
	if c.session == nil {
		return closer(func() {}), nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	session := c.exec(ctx, c.session...)
	if _, err := session.StdinPipe(); err != nil {
		cancel()
		return nil, err
	}
	if err := session.Start(); err != nil {
		cancel()
		return nil, fmt.Errorf("the session to be kept: %w", err)
	}
	return closer(func() { cancel(); session.Wait() }), nil
}

func (c command) exec(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "docker", append([]string{"exec", "--interactive", string(c.beside)}, args...)...)
}
