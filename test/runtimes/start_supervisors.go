package main

import (
	"os"
	"regexp"
	"strconv"
	"strings"
)

// quoted is a command line for a shell.
func quoted(argv []string) string { return "'" + strings.Join(argv, "' '") + "'" }

// told has the status that a supervisor writes, in a pattern's first group.
func (s *started) told(pattern string) {
	s.tells = true
	s.status = func() int {
		if m := regexp.MustCompile(pattern).FindStringSubmatch(s.out.String()); m != nil {
			n, _ := strconv.Atoi(m[1])
			return n
		}
		return -1
	}
}

func supervisord(t *trial, c container) *started {
	dir := "/trial/" + c.name
	t.may(os.MkdirAll(dir, 0o755))
	t.may(os.WriteFile(dir+"/supervisord.conf", []byte(`[supervisord]
nodaemon=true
user=root
logfile=/dev/null
logfile_maxbytes=0
pidfile=`+dir+`/pid
[unix_http_server]
file=`+dir+`/socket
[supervisorctl]
serverurl=unix://`+dir+`/socket
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[program:`+c.name+`]
command=`+strings.Join(c.command(), " ")+`
autorestart=false
stopwaitsecs=60
redirect_stderr=true
stdout_logfile=/dev/stdout
stdout_logfile_maxbytes=0
`), 0o644))
	s := t.launch(c, "supervisord", "--configuration", dir+"/supervisord.conf")
	ctl := func(verb ...string) []string {
		return append([]string{"supervisorctl", "--configuration", dir + "/supervisord.conf"}, verb...)
	}
	s.stop = ctl("stop", c.name)
	s.signal = func(sig string) []string { return ctl("signal", sig, c.name) }
	s.told(`(?:exit status |terminated by SIG[A-Z]+.)([0-9]+)`)
	return s
}

// scripts are a service's directory.
func (t *trial) scripts(c container) string {
	dir := "/trial/" + c.name
	t.may(os.MkdirAll(dir, 0o755))
	t.may(os.WriteFile(dir+"/run", []byte("#!/bin/sh\nexec 2>&1\nexec "+quoted(c.command())+"\n"), 0o755))
	t.may(os.WriteFile(dir+"/finish", []byte("#!/bin/sh\necho \"finished with $1\"\n"), 0o755))
	return dir
}

func runit(t *trial, c container) *started {
	dir := t.scripts(c)
	s := t.launch(c, "runsv", dir)
	s.stop = []string{"sv", "-w", "60", "stop", dir}
	s.signal = func(sig string) []string { return []string{"sv", map[string]string{"USR1": "1"}[sig], dir} }
	s.told(`finished with ([0-9]+)`)
	return s
}

func s6(t *trial, c container) *started {
	dir := t.scripts(c)
	s := t.launch(c, "s6-supervise", dir)
	s.stop = []string{"s6-svc", "-d", dir}
	s.signal = func(sig string) []string { return []string{"s6-svc", map[string]string{"USR1": "-1"}[sig], dir} }
	s.told(`finished with ([0-9]+)`)
	return s
}
