package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A program is a server in one shape: how it is installed, started and asked. In its strings {php}, {pg} and the like
// stand for what differs from suite to suite.
type program struct {
	name     string // as the table of internal/signals has it, or would
	shape    string // of several that one program has; "": the plain one
	packages string // Debian's, the one whose version counts first
	command  []string
	env      []string
	user     string     // "": root
	prepare  string     // a shell script for what must be there before the first start
	beside   [][]string // commands that run beside it and are not stopped
	client   client
	settle   time.Duration // from its first answer until it is all there
	gap      time.Duration // between signals; 0: gap
	lead     time.Duration // until its client has a request in flight, if it is a slow one
	advice   string        // what there is to set, where it does not follow from the rest
	suites   []string      // nil: all
	also     string        // more signals to try after the graceful one, as in "INT,INT QUIT,QUIT"
}

func (p program) key() string {
	if p.shape == "" {
		return p.name
	}
	return p.name + ", " + p.shape
}

// versions are what differs in the names of a suite's packages.
var versions = map[string]*strings.Replacer{
	"bookworm": strings.NewReplacer("{php}", "8.2", "{pg}", "15", "{tomcat}", "10", "{dovecot}", "2.3", "{wesnoth}", "1.16", "{jetty}", "9"),
	"trixie":   strings.NewReplacer("{php}", "8.4", "{pg}", "17", "{tomcat}", "11", "{dovecot}", "2.4", "{wesnoth}", "1.18", "{jetty}", "12"),
	"sid":      strings.NewReplacer("{php}", "8.4", "{pg}", "18", "{tomcat}", "11", "{dovecot}", "2.4", "{wesnoth}", "1.18", "{jetty}", "12"),
}

// in is the program as the suite has it.
func (p program) in(suite string) program {
	v := versions[suite]
	p.packages, p.prepare = v.Replace(p.packages), v.Replace(p.prepare)
	p.command = slices.Clone(p.command)
	for i := range p.command {
		p.command[i] = v.Replace(p.command[i])
	}
	return p
}

func programOf(key string) (program, bool) {
	all := programs()
	i := slices.IndexFunc(all, func(p program) bool { return p.key() == key })
	if i < 0 {
		return program{}, false
	}
	return all[i], true
}

// onPort is HTTP on that port.
func onPort(port int) web { return web{port: port} }

func words(format string, args ...any) []string { return strings.Fields(fmt.Sprintf(format, args...)) }
