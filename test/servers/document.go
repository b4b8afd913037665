package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// markdown is the document: what was done, what came of it, and what the rows are. versions are lines of its last table.
func markdown(rows []row, versions string) string {
	var b strings.Builder
	fmt.Fprintf(&b, heading, allowed, hold, connections)
	b.WriteString(summary(rows))
	b.WriteString(tableHeading)
	for _, r := range rows {
		for _, l := range r.lines {
			b.WriteString(r.tableLine(l) + "\n")
		}
	}
	b.WriteString(setupsHeading)
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", r.name, strings.Join(r.shown(), " "), r.note)
	}
	b.WriteString(cutsHeading)
	for _, r := range rows {
		if r.setup.cuts != "" {
			fmt.Fprintf(&b, "| %s | %s |\n", r.name, r.setup.cuts)
		}
	}
	b.WriteString(excusedHeading)
	for _, r := range rows {
		if r.excused != "" {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", r.name, strings.Join(r.breaks(), "; "), r.excused)
		}
	}
	b.WriteString(packagesHeading + versions)
	return b.String()
}

const heading = `# Servers

Servers of Debian 12, stopped under drainit and under tini by a real ` + "`docker stop`" + `: what their clients saw of it.
Written by ` + "`make servers SERVERFLAGS='-o docs/proof/servers.md'`" + `; ` + "`make servers`" + ` runs it again, and fails where a
verdict differs from this document's or a rule below is broken. Not compared are the seconds, which are of one run, and,
where nothing is held, how and when new connections are lost: refused or reset is a matter of moments there.

## What is done

- One image has all servers. For tini and for drainit one line is added, ` + "`ENTRYPOINT [\"/usr/bin/tini\", \"--\"]`" + ` or
  ` + "`ENTRYPOINT [\"/drainit\", \"--\"]`" + `; the command is the server's own. No STOPSIGNAL, so that the engine sends SIGTERM,
  unless the row has one. ` + "`docker stop --time`" + ` is %[1]v for all.
- Each set-up is stopped under tini; under drainit with no settings; with ` + "`DRAINIT_GRACE_PERIOD=%[1]v`" + ` and nothing else,
  of which follow a hold of %[2]v and a deadline of 28s; and where the stop signal cuts, also with
  ` + "`DRAINIT_DRAIN_UNTIL=idle`" + `. A setting that a row is about is in the row.
- *At the stop*: a request of 3 s, half done when the engine sends its signal. *At the stop signal*: another, half done
  when drainit ends the hold. Without a hold they are one.
- *New connections*: one each 0.25, 1 and 3 s after the engine's signal, in this order; what is the same is said once.
  Served; refused: no connection; reset: a connection that ends without an answer, which a proxy may not repeat;
  rejected: an answer that says no; 502: a proxy's word for refused; queued: a job that waits for the next worker.
- %[3]d more connections are kept open from before the stop to the exit, where the protocol keeps any.
- Proxies forward to a backend that is not stopped. Databases are asked by their own clients from outside of the
  container, for queries of 3 s.
- *Status* is the container's, *seconds* are from the engine's signal to its exit. 137 is SIGKILL: the engine's after
  %[1]v, or drainit's at its deadline. Later versions may differ: uvicorn from 0.29 on drains as well and then ends by the
  signal itself, 143 under any init; ` + "`--remap-exit clean=0`" + ` makes that 0.

The rules, for every row: with a grace period the request in flight at the stop completes, and every new connection in
the hold is served, or queued where the row tells the program so; what is in flight at the stop signal completes, or is
queued likewise, unless no signal of the program's can save it, and then under ` + "`--drain-until idle`" + `; nothing is lost
that is kept under tini; an exit status of 0 stays 0, and nothing is killed that ends under tini; where tini cuts
nothing, the exit comes no later, less the hold.

`

const tableHeading = `
## The table

| set-up | init | at the stop | at the stop signal | new connections | status | seconds |
|---|---|---|---|---|---|---|
`

const setupsHeading = `
## The set-ups

| set-up | command | remark |
|---|---|---|
`

const cutsHeading = `
## What no signal saves

These lose what is in flight at their stop signal, under drainit as under tini, unless something else saves it: the
hold, for what ends within it, or ` + "`--drain-until idle`" + `, which waits until nothing is in flight.

| set-up | why |
|---|---|
`

const excusedHeading = `
## What does not keep a rule

| set-up | what it does | why it stays so |
|---|---|---|
`

const packagesHeading = `
## The packages

| package | version |
|---|---|
`

// tableLine is one line of the table. The seconds come last: verdict leaves them out.
func (r row) tableLine(l line) string {
	name := r.name
	cells := []string{name, l.init.name, "error", "", "", "", ""}
	if l.err == nil {
		cells = []string{
			name, l.init.name, kept(l.InFlight), kept(l.AtSignal), strings.Join(l.newcomers(), ", then "),
			fmt.Sprint(l.Status), fmt.Sprint(int(math.Round(l.Exit.Seconds()))),
		}
	}
	return "| " + strings.Join(cells, " | ") + " |"
}

// newcomers says what became of new connections, the same in a row once.
func (o outcome) newcomers() []string {
	var said []string
	for _, a := range slices.Compact(slices.Clone(o.Fresh)) {
		said = append(said, string(a))
	}
	return said
}

// kept says of a request in flight what matters: whether its answer came whole.
func kept(a answer) string {
	switch a {
	case "":
		return ""
	case served:
		return "completed"
	case queued:
		return "queued"
	}
	return "**cut**"
}

// shown is the command as the document has it, with what else its docker run says.
func (s setup) shown() []string {
	shown := make([]string, 0, len(s.command))
	for _, word := range s.command {
		if word == "" || strings.ContainsAny(word, " ;&*") {
			word = "'" + strings.ReplaceAll(word, "'", `"`) + "'"
		}
		shown = append(shown, word)
	}
	for _, variable := range s.setting {
		shown = append([]string{variable}, shown...)
	}
	return shown
}

// summary counts, by init.
func summary(rows []row) string {
	count := func(i initer, so func(line) bool) string {
		n, of := 0, 0
		for _, r := range rows {
			if l := r.under(i); l.init.name != "" && l.err == nil {
				of++
				if so(l) {
					n++
				}
			}
		}
		return fmt.Sprintf("%d of %d", n, of)
	}
	var b strings.Builder
	b.WriteString("| set-ups of which | tini | drainit | drainit, grace period | drainit, until idle |\n|---|---|---|---|---|\n")
	for _, question := range []struct {
		what string
		so   func(line) bool
	}{
		{"the request in flight at the stop completes", func(l line) bool { return !l.InFlight.lost() }},
		{"the one in flight at the stop signal completes", func(l line) bool { return !l.cuts() }},
		{"no new connection is lost", func(l line) bool { return !slices.ContainsFunc(l.Fresh, answer.lost) }},
		{"the program ends by itself", func(l line) bool { return !l.killed() }},
		{"and the exit status is 0", func(l line) bool { return l.Status == 0 }},
	} {
		b.WriteString("| " + question.what)
		for _, i := range []initer{underTini, underDrainit, withGrace, untilIdle} {
			b.WriteString(" | " + count(i, question.so))
		}
		b.WriteString(" |\n")
	}
	return b.String()
}
