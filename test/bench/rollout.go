package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

// What is rolled out, and to whom.
const (
	rolloutLag   = 2 * time.Second
	rolloutHold  = 5 * time.Second
	rolloutGrace = 30 * time.Second
	rolloutRate  = 50 // new connections a second
)

// rollout is what one rolling restart cost.
type rollout struct {
	setUp                   string // the column's head
	requests, lost, seconds string
}

// lane is a set-up to roll out: what examples/rollout calls a lane, with the init that it has the server run under, if
// drainit is not it.
type lane struct {
	setUp, name string
	init        contender
}

// lanes returns the server by itself, with a preStop sleep, and under each init.
func lanes(inits []contender) []lane {
	all := []lane{
		{"no init", "bare", none},
		{fmt.Sprintf("no init, preStop sleep %s", rolloutHold), "sleep", none},
	}
	for _, c := range inits {
		if c.name == drainitName {
			all = append(all, lane{fmt.Sprintf("drainit, `--grace-period %s`", rolloutGrace), "drainit", none})
			continue
		}
		all = append(all, lane{c.name, "bare", c})
	}
	return all
}

// rollOut plays examples/rollout in all lanes at the same time, each in a network of its own.
func rollOut(dir string, inits []contender) ([]rollout, error) {
	play, err := build(dir, "drainit/examples/rollout")
	if err != nil {
		return nil, err
	}
	server, err := build(dir, "drainit/examples/server")
	if err != nil {
		return nil, err
	}
	all := lanes(inits)
	results, errs := make([]rollout, len(all)), make([]error, len(all))
	var playing sync.WaitGroup
	for i, l := range all {
		playing.Go(func() { results[i], errs[i] = l.play(dir, play, server, inits[len(inits)-1].path) })
	}
	playing.Wait()
	for i, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("%s: %w", all[i].setUp, err)
		}
	}
	return results, nil
}

// play plays one lane. That a lane lost requests, or none, is a result and no error.
func (l lane) play(dir, play, server, drainit string) (rollout, error) {
	server, err := l.under(dir, server)
	if err != nil {
		return rollout{}, err
	}
	cmd := inNetwork(play, "-lanes", l.name, "-mode", "exit", "-lag", rolloutLag.String(), "-hold", rolloutHold.String(),
		"-grace", rolloutGrace.String(), "-rate", fmt.Sprint(rolloutRate), "-server", server, "-drainit", drainit)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	err = cmd.Run()
	r, found := readRollout(said.String(), l.name)
	if !found {
		return r, fmt.Errorf("no result: %v\n%s", err, said.String())
	}
	r.setUp = l.setUp
	return r, nil
}

// under returns the path of a program that is the server under the lane's init.
func (l lane) under(dir, server string) (string, error) {
	if l.init == none {
		return server, nil
	}
	path := filepath.Join(dir, "server-under-"+l.init.name)
	script := fmt.Sprintf("#!/bin/sh\nexec '%s' \"$@\"\n", strings.Join(l.init.argv(server), "' '"))
	return path, os.WriteFile(path, []byte(script), 0o755)
}

var columnGap = regexp.MustCompile(` {2,}`)

// readRollout finds a lane's row in the table that examples/rollout prints, and reports whether it is there.
func readRollout(text, lane string) (rollout, bool) {
	var heads []string
	for line := range strings.Lines(text) {
		cells := columnGap.Split(strings.TrimSpace(line), -1)
		if cells[0] == "lane" {
			heads = cells
			continue
		}
		if cells[0] != lane || len(cells) < len(heads)-1 || heads == nil { // bare has no setting
			continue
		}
		row := map[string]string{}
		for i, cell := range cells[:min(len(cells), len(heads))] {
			row[heads[i]] = cell
		}
		return rollout{requests: row["requests"], lost: row["lost"], seconds: strings.TrimSuffix(row["rollout"], "s")}, true
	}
	return rollout{}, false
}
