package main

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A result is what came of a machine.
type result struct {
	machine  machine
	starts   []start
	pack     string // the kernel's package and version
	kernel   string // as it calls itself
	suites   []suite
	stories  []told
	skipped  []string
	least    int      // memory.max under which drainit works, in bytes
	panicked string   // with which status the kernel saw its init end
	ends     []string // how machines ended, as far as they said
	done     int      // how many boots came to the end of their stories
	cpu      time.Duration
	err      error
}

// A suite is a package's tests.
type suite struct {
	Name string `json:"name"`
	Pass int    `json:"pass"`
	Fail int    `json:"fail"`
	Skip int    `json:"skip"`
}

// told is a story, and why it failed, or that the kernel lacks what it is about.
type told struct {
	Name   string `json:"name"`
	Why    string `json:"why,omitempty"`
	Absent bool   `json:"absent,omitempty"`
}

var (
	panicLine = regexp.MustCompile(`Attempted to kill init! exitcode=0x([0-9a-f]+)`)
	endLine   = regexp.MustCompile(`reboot: (Power down|Restarting system)`)
)

// take adds what a console says.
func (r *result) take(c console) {
	r.cpu += c.cpu
	lines := bufio.NewScanner(bytes.NewReader(c.text))
	lines.Buffer(nil, len(c.text)+1)
	for lines.Scan() {
		r.takeLine(strings.TrimRight(lines.Text(), "\r"))
	}
	end := ""
	if found := panicLine.FindSubmatch(c.text); found != nil {
		r.panicked, end = string(found[1]), panics
	} else if found := endLine.FindSubmatch(c.text); found != nil {
		end = string(found[1])
	}
	r.ends = append(r.ends, end)
}

func (r *result) takeLine(line string) {
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "@ok":
		r.stories = append(r.stories, told{Name: rest})
	case "@failed":
		name, why, _ := strings.Cut(rest, "\t")
		r.stories = append(r.stories, told{Name: name, Why: cmp.Or(why, "failed")})
	case "@absent":
		r.stories = append(r.stories, told{Name: rest, Absent: true})
	case "@suite":
		var s suite
		if _, err := fmt.Sscanf(rest, "%s pass=%d fail=%d skip=%d", &s.Name, &s.Pass, &s.Fail, &s.Skip); err == nil {
			r.suites = append(r.suites, s)
		}
	case "@least":
		r.least, _ = strconv.Atoi(rest)
	case "@skipped":
		r.skipped = append(r.skipped, rest)
	case "@note":
		if kernel, ok := strings.CutPrefix(rest, "kernel "); ok {
			r.kernel = kernel
		}
	case "@done":
		r.done++
	}
}

// problems is what did not go as it should.
func (r result) problems() []string {
	var all []string
	if r.err != nil {
		all = append(all, r.err.Error())
	}
	want, ends := expected(r.starts)
	for i, end := range r.ends {
		if end == "" && r.machine.goarch == "s390x" && ends[i] != panics { // its console is too late for the last line
			r.ends[i] = ends[i]
		}
	}
	if r.done != want {
		all = append(all, fmt.Sprintf("%d of %d boots came to their end", r.done, want))
	}
	if slices.Contains(ends, panics) && r.panicked != "00000700" {
		all = append(all, fmt.Sprintf("as /init drainit ended with %q, want the program's status of 7, 00000700", r.panicked))
	}
	if !slices.Equal(r.ends, ends) {
		all = append(all, fmt.Sprintf("the machine ended with %q, want %q: by the guest, and by drainit as --on-exit says", r.ends, ends))
	}
	if r.least == 0 && strings.Contains(r.starts[0].init, "SEARCH") {
		all = append(all, "no least memory.max was found")
	}
	for _, s := range r.suites {
		if s.Fail > 0 || s.Pass == 0 {
			all = append(all, fmt.Sprintf("%s: %d tests passed, %d failed", s.Name, s.Pass, s.Fail))
		}
	}
	for _, s := range r.stories {
		if s.Why != "" {
			all = append(all, s.Name+": "+s.Why)
		}
	}
	return all
}

// expected is how many starts come to the end of their stories, and how machines end.
func expected(starts []start) (stories int, ends []string) {
	for _, s := range starts {
		if s.stories {
			stories++
		}
		ends = append(ends, s.end)
	}
	return stories, ends
}

// line says in one what came of it.
func (r result) line() string {
	pass, skip := r.count()
	verdict := "ok"
	if problems := r.problems(); problems != nil {
		verdict = "FAILED: " + strings.Join(problems, "; ")
	}
	return fmt.Sprintf("%s, %s: %d tests passed, %d skipped, %d stories, %.0fs of processor time: %s",
		r.machine.name, r.kernel, pass, skip, len(r.stories), r.cpu.Seconds(), verdict)
}

// count counts tests.
func (r result) count() (pass, skip int) {
	for _, s := range r.suites {
		pass += s.Pass
		skip += s.Skip
	}
	return pass, skip
}

// judge returns an error for everything that went wrong.
func judge(results []result) error {
	var all []error
	for _, r := range results {
		for _, problem := range r.problems() {
			all = append(all, fmt.Errorf("%s: %s", r.machine.name, problem))
		}
	}
	return errors.Join(all...)
}
