package main

import "slices"

// A wrapper is a way to start a program: a row of the table.
type wrapper struct {
	name     string // what is run, for people: PROG stands for the program
	pack     string // Debian's package, of which the version is written down
	command  []string
	setup    string // for /bin/sh, in the trial's namespaces, before
	terminal bool   // it has one
	long     bool   // it kills by itself after more than four seconds
}

const p = program

var wrappers = []wrapper{
	{name: "su -c PROG", pack: "util-linux", command: []string{"su", "-c", p}},
	{name: "su -c 'exec PROG'", pack: "util-linux", command: []string{"su", "-c", "exec " + p}},
	{name: "su -c 'PROG; x'", pack: "util-linux", command: []string{"su", "-c", p + "; :"}},
	{name: "su - USER -c PROG", pack: "util-linux", command: []string{"su", "-", "games", "-s", "/bin/sh", "-c", p}},
	{name: "su USER -s /bin/sh -c 'exec PROG'", pack: "util-linux", command: []string{"su", "games", "-s", "/bin/sh", "-c", "exec " + p}},
	{name: "su -P -c PROG", pack: "util-linux", command: []string{"su", "-P", "-c", p}},
	{name: "su --session-command PROG", pack: "util-linux", command: []string{"su", "--session-command", p}},
	{name: "runuser -u USER -- PROG", pack: "util-linux", command: []string{"runuser", "-u", "games", "--", p}},
	{name: "runuser USER -c PROG", pack: "util-linux", command: []string{"runuser", "games", "-s", "/bin/sh", "-c", p}},
	{name: "runuser -l USER -c PROG", pack: "util-linux", command: []string{"runuser", "-l", "games", "-s", "/bin/sh", "-c", p}},
	{name: "sudo PROG", pack: "sudo", command: []string{"sudo", p}},
	{name: "sudo -E -u USER PROG", pack: "sudo", command: []string{"sudo", "-E", "-u", "games", p}},
	{name: "sudo PROG (use_pty)", pack: "sudo", command: []string{"sudo", p}, setup: sudoers("use_pty")},
	{name: "sudo PROG (!use_pty)", pack: "sudo", command: []string{"sudo", p}, setup: sudoers("!use_pty")},
	{name: "sudo PROG (!use_pty, no PAM session)", pack: "sudo", command: []string{"sudo", p}, setup: sudoers("!use_pty,!pam_session,!pam_setcred")},
	{name: "sudo PROG (use_pty), on a terminal", pack: "sudo", command: []string{"sudo", p}, setup: sudoers("use_pty"), terminal: true},
	{name: "sudo PROG (!use_pty), on a terminal", pack: "sudo", command: []string{"sudo", p}, setup: sudoers("!use_pty"), terminal: true},
	{name: "su -c PROG, on a terminal", pack: "util-linux", command: []string{"su", "-c", p}, terminal: true},
	{name: "sudo -b PROG", pack: "sudo", command: []string{"sudo", "-b", p}},
	{name: "sudo -i PROG", pack: "sudo", command: []string{"sudo", "-i", p}},
	{name: "sudo-rs PROG", pack: "sudo-rs", command: []string{"sudo-rs", p}, setup: sudoers("use_pty")},
	{name: "doas PROG", pack: "opendoas", command: []string{"doas", p}, setup: "echo permit nopass root >/tmp/doas; chmod 400 /tmp/doas; touch /etc/doas.conf; mount --bind /tmp/doas /etc/doas.conf"},
	{name: "setpriv --reuid … PROG", pack: "util-linux", command: []string{"setpriv", "--reuid=5", "--clear-groups", p}},
	{name: "gosu USER PROG", pack: "gosu", command: []string{"gosu", "games", p}},
	{name: "chpst -u USER PROG", pack: "runit", command: []string{"chpst", "-u", "games", p}},
	{name: "chpst -l FILE PROG", pack: "runit", command: []string{"chpst", "-l", "/tmp/lock", p}},
	{name: "setuidgid USER PROG", pack: "daemontools", command: []string{"setuidgid", "games", p}},
	{name: "softlimit -o N PROG", pack: "daemontools", command: []string{"softlimit", "-o", "100", p}},
	{name: "setlock FILE PROG", pack: "daemontools", command: []string{"setlock", "/tmp/lock", p}},
	{name: "envdir DIR PROG", pack: "daemontools", command: []string{"envdir", "/tmp/d", p}, setup: "mkdir /tmp/d"},
	{name: "pgrphack PROG", pack: "daemontools", command: []string{"pgrphack", p}},
	{name: "fghack PROG", pack: "daemontools", command: []string{"fghack", p}},
	{name: "s6-setuidgid USER PROG", pack: "s6", command: []string{"s6-setuidgid", "games", p}},
	{name: "s6-softlimit -o N PROG", pack: "s6", command: []string{"s6-softlimit", "-o", "100", p}},
	{name: "s6-setlock FILE PROG", pack: "s6", command: []string{"s6-setlock", "/tmp/lock", p}},
	{name: "s6-setlock -t MS FILE PROG", pack: "s6", command: []string{"s6-setlock", "-t", "1000", "/tmp/lock", p}},
	{name: "s6-supervise DIR", pack: "s6", command: []string{"s6-supervise", "/tmp/s"}, setup: service},
	{name: "s6-svscan DIR", pack: "s6", command: []string{"s6-svscan", "/tmp/v"}, setup: service + "; mkdir /tmp/v; mv /tmp/s /tmp/v/s"},
	{name: "execlineb -c 'foreground { PROG } x'", pack: "execline", command: []string{"execlineb", "-c", "foreground { " + p + " } echo next"}},
	{name: "execlineb -c PROG", pack: "execline", command: []string{"execlineb", "-c", p}},
	{name: "execlineb -c 'if { PROG } x'", pack: "execline", command: []string{"execlineb", "-c", "if { " + p + " } echo next"}},
	{name: "execlineb -c 'background { PROG } x'", pack: "execline", command: []string{"execlineb", "-c", "background { " + p + " } sleep 20"}},
	{name: "execlineb -c 'trap { } PROG'", pack: "execline", command: []string{"execlineb", "-c", "trap { SIGUSR2 { true } } " + p}},
	{name: "runsv DIR", pack: "runit", command: []string{"runsv", "/tmp/s"}, setup: service},
	{name: "runsvdir DIR", pack: "runit", command: []string{"runsvdir", "/tmp/v"}, setup: service + "; mkdir /tmp/v; mv /tmp/s /tmp/v/s"},
	{name: "supervise DIR", pack: "daemontools", command: []string{"supervise", "/tmp/s"}, setup: service},
	{name: "svscan DIR", pack: "daemontools", command: []string{"svscan", "/tmp/v"}, setup: service + "; mkdir /tmp/v; mv /tmp/s /tmp/v/s"},
	{name: "supervisord -n", pack: "supervisor", long: true, command: []string{"supervisord", "-n", "-c", "/tmp/s.conf"},
		setup: "printf '[supervisord]\\nuser=root\\nlogfile=/dev/null\\nlogfile_maxbytes=0\\n[program:x]\\ncommand=" + p + "\\n' >/tmp/s.conf"},

	{name: "timeout 1000 PROG", pack: "coreutils", command: []string{"timeout", "1000", p}},
	{name: "timeout --foreground 1000 PROG", pack: "coreutils", command: []string{"timeout", "--foreground", "1000", p}},
	{name: "timeout -k 2 1000 PROG", pack: "coreutils", command: []string{"timeout", "-k", "2", "1000", p}},
	{name: "timeout -s INT 1000 PROG", pack: "coreutils", command: []string{"timeout", "-s", "INT", "1000", p}},
	{name: "timeout --preserve-status 1000 PROG", pack: "coreutils", command: []string{"timeout", "--preserve-status", "1000", p}},
	{name: "busybox timeout 1000 PROG", pack: "busybox", command: []string{"busybox", "timeout", "1000", p}},
	{name: "busybox timeout -k 2 1000 PROG", pack: "busybox", command: []string{"busybox", "timeout", "-k", "2", "1000", p}},
	{name: "busybox setsid PROG", pack: "busybox", command: []string{"busybox", "setsid", p}},
	{name: "busybox ionice PROG", pack: "busybox", command: []string{"busybox", "ionice", "-c", "2", p}},
	{name: "busybox taskset PROG", pack: "busybox", command: []string{"busybox", "taskset", "1", p}},
	{name: "busybox env PROG", pack: "busybox", command: []string{"busybox", "env", "A=1", p}},
	{name: "busybox time PROG", pack: "busybox", command: []string{"busybox", "time", p}},
	{name: "busybox watch PROG", pack: "busybox", command: []string{"busybox", "watch", "-n", "1", p}},
	{name: "busybox start-stop-daemon --exec PROG", pack: "busybox", command: []string{"busybox", "start-stop-daemon", "-S", "-x", p}},
	{name: "busybox start-stop-daemon -b --exec PROG", pack: "busybox", command: []string{"busybox", "start-stop-daemon", "-S", "-b", "-x", p}},
	{name: "busybox xargs PROG", pack: "busybox", command: []string{"sh", "-c", "echo a >/tmp/i; exec busybox xargs -n 1 " + p + " </tmp/i"}},
	{name: "busybox find -exec PROG", pack: "busybox", command: []string{"busybox", "find", "/etc/hostname", "/etc/passwd", "-exec", p, ";"}},
	{name: "busybox unshare PROG", pack: "busybox", command: []string{"busybox", "unshare", "-u", p}},
	{name: "busybox unshare -f PROG", pack: "busybox", command: []string{"busybox", "unshare", "-f", "-u", p}},
	{name: "busybox chroot / PROG", pack: "busybox", command: []string{"busybox", "chroot", "/", p}},

	{name: "setsid PROG", pack: "util-linux", command: []string{"setsid", p}},
	{name: "setsid -f PROG", pack: "util-linux", command: []string{"setsid", "-f", p}},
	{name: "setsid -w PROG", pack: "util-linux", command: []string{"setsid", "-w", p}},
	{name: "flock FILE PROG", pack: "util-linux", command: []string{"flock", "/tmp/lock", p}},
	{name: "flock -F FILE PROG", pack: "util-linux", command: []string{"flock", "-F", "/tmp/lock", p}},
	{name: "flock FILE -c PROG", pack: "util-linux", command: []string{"flock", "/tmp/lock", "-c", p}},
	{name: "flock -o FILE PROG", pack: "util-linux", command: []string{"flock", "-o", "/tmp/lock", p}},
	{name: "env A=1 PROG", pack: "coreutils", command: []string{"env", "A=1", p}},
	{name: "env -S 'A=1 PROG'", pack: "coreutils", command: []string{"env", "-S", "A=1 " + p}},
	{name: "nice -n 5 PROG", pack: "coreutils", command: []string{"nice", "-n", "5", p}},
	{name: "nohup PROG", pack: "coreutils", command: []string{"nohup", p}},
	{name: "stdbuf -oL PROG", pack: "coreutils", command: []string{"stdbuf", "-oL", p}},
	{name: "chroot / PROG", pack: "coreutils", command: []string{"chroot", "/", p}},
	{name: "ionice -c 2 PROG", pack: "util-linux", command: []string{"ionice", "-c", "2", p}},
	{name: "chrt -o 0 PROG", pack: "util-linux", command: []string{"chrt", "-o", "0", p}},
	{name: "taskset 1 PROG", pack: "util-linux", command: []string{"taskset", "1", p}},
	{name: "prlimit --nofile=100 PROG", pack: "util-linux", command: []string{"prlimit", "--nofile=100", p}},
	{name: "setarch -R PROG", pack: "util-linux", command: []string{"setarch", "x86_64", "-R", p}},
	{name: "choom -n 5 -- PROG", pack: "util-linux", command: []string{"choom", "-n", "5", "--", p}},
	{name: "numactl PROG", pack: "numactl", command: []string{"numactl", "--physcpubind=0", p}},
	{name: "unshare PROG", pack: "util-linux", command: []string{"unshare", "--uts", p}},
	{name: "unshare -f PROG", pack: "util-linux", command: []string{"unshare", "--uts", "-f", p}},
	{name: "unshare -f --pid PROG", pack: "util-linux", command: []string{"unshare", "-f", "--pid", p}},
	{name: "unshare -f --kill-child PROG", pack: "util-linux", command: []string{"unshare", "--uts", "-f", "--kill-child", p}},
	{name: "nsenter -t 1 -u PROG", pack: "util-linux", command: []string{"nsenter", "-t", "1", "-u", p}},
	{name: "nsenter -t 1 -p PROG", pack: "util-linux", command: []string{"nsenter", "-t", "1", "-p", p}},
	{name: "script -c PROG", pack: "bsdutils", command: []string{"script", "-q", "-c", p, "/dev/null"}},
	{name: "script -e -c PROG", pack: "bsdutils", command: []string{"script", "-e", "-q", "-c", p, "/dev/null"}},
	{name: "unbuffer PROG", pack: "expect", command: []string{"unbuffer", p}},
	{name: "faketime -f +1 PROG", pack: "faketime", command: []string{"faketime", "-f", "+1d", p}},
	{name: "eatmydata PROG", pack: "eatmydata", command: []string{"eatmydata", p}},
	{name: "fakeroot PROG", pack: "fakeroot", command: []string{"fakeroot", p}},
	{name: "/usr/bin/time PROG", pack: "time", command: []string{"/usr/bin/time", p}},
	{name: "strace -f PROG", pack: "strace", command: []string{"strace", "-f", "-o", "/dev/null", p}},
	{name: "strace -D -f PROG", pack: "strace", command: []string{"strace", "-D", "-f", "-o", "/dev/null", p}},
	{name: "ltrace PROG", pack: "ltrace", command: []string{"ltrace", "-o", "/dev/null", "/bin/dash", "-c", p + "; :"}},
	{name: "watch PROG", pack: "procps", command: []string{"watch", "-n", "1", p}},
	{name: "watch -x PROG", pack: "procps", command: []string{"watch", "-n", "1", "-x", p}},
	{name: "xargs PROG", pack: "findutils", command: []string{"sh", "-c", "echo a >/tmp/i; exec xargs -n 1 " + p + " </tmp/i"}},
	{name: "xargs -n 1 PROG, two lines", pack: "findutils", command: []string{"sh", "-c", "printf 'a\\nb\\n' >/tmp/i; exec xargs -n 1 " + p + " </tmp/i"}},
	{name: "xargs -P 2 PROG", pack: "findutils", command: []string{"sh", "-c", "echo a >/tmp/i; exec xargs -P 2 -n 1 " + p + " </tmp/i"}},
	{name: "find -exec PROG ;, two files", pack: "findutils", command: []string{"find", "/etc/hostname", "/etc/passwd", "-exec", p, ";"}},
	{name: "parallel PROG", pack: "parallel", command: []string{"parallel", p, ":::", "a"}, long: true},
	{name: "parallel -j 1 PROG, two jobs", pack: "parallel", command: []string{"parallel", "-j", "1", p, ":::", "a", "b"}, long: true},
	{name: "chronic PROG", pack: "moreutils", command: []string{"chronic", p}},
	{name: "xvfb-run PROG", pack: "xvfb", command: []string{"xvfb-run", "-a", p}},
	{name: "dbus-run-session -- PROG", pack: "dbus-daemon", command: []string{"dbus-run-session", "--", p}},
	{name: "start-stop-daemon --exec PROG", pack: "dpkg", command: []string{"start-stop-daemon", "--start", "--exec", p}},
	{name: "start-stop-daemon -b --exec PROG", pack: "dpkg", command: []string{"start-stop-daemon", "--start", "-b", "--exec", p}},
	{name: "start-stop-daemon -c USER --exec PROG", pack: "dpkg", command: []string{"start-stop-daemon", "--start", "-c", "games", "--exec", p}},
	{name: "sg GROUP -c PROG", pack: "login", command: []string{"sg", "games", "-c", p}},

	{name: "tini -- PROG", pack: "tini", command: []string{"tini", "-s", "--", p}},
	{name: "tini -g -- PROG", pack: "tini", command: []string{"tini", "-s", "-g", "--", p}},
	{name: "dumb-init PROG", pack: "dumb-init", command: []string{"dumb-init", p}},
	{name: "dumb-init -c PROG", pack: "dumb-init", command: []string{"dumb-init", "-c", p}},
	{name: "catatonit -- PROG", pack: "catatonit", command: []string{"catatonit", "--", p}},

	{name: "make", pack: "make", command: []string{"make", "-f", "/tmp/m"}, setup: "printf 'x:\\n\\t" + p + "\\n\\techo next >>/tmp/log\\n' >/tmp/m"},
	{name: "make, a recipe for a shell", pack: "make", command: []string{"make", "-f", "/tmp/m"}, setup: "printf 'x:\\n\\t" + p + "; echo next >>/tmp/log\\n\\techo next >>/tmp/log\\n' >/tmp/m"},
	{name: "npm run", pack: "npm", command: []string{"npm", "--prefix", "/tmp", "run", "x"}, setup: packageJSON},
	{name: "npm start, with poststart", pack: "npm", command: []string{"npm", "--prefix", "/tmp", "start"}, setup: packageJSON},
	{name: "npm exec PROG", pack: "npm", command: []string{"npm", "exec", "-c", p}},
	{name: "npx PROG", pack: "npm", command: []string{"npx", "-c", p}},
	{name: "yarnpkg run", pack: "yarnpkg", command: []string{"yarnpkg", "--cwd", "/tmp", "run", "x"}, setup: packageJSON},
	{name: "node child_process.spawn", pack: "nodejs", command: []string{"node", "-e", "require('child_process').spawn('" + p + "',{stdio:'inherit'}).on('exit',(c,s)=>process.exit(s?128:c))"}},
	{name: "python3 subprocess.call", pack: "python3-minimal", command: []string{"python3", "-c", "import subprocess,sys; sys.exit(subprocess.call(['" + p + "']))"}},
	{name: "python3 os.system", pack: "python3-minimal", command: []string{"python3", "-c", "import os,sys; s=os.system('" + p + "'); sys.exit(os.waitstatus_to_exitcode(s))"}},
	{name: "perl system", pack: "perl-base", command: []string{"perl", "-e", "system('" + p + "'); exit($? & 127 ? 128 + ($? & 127) : $? >> 8)"}},

	{name: "sh -c PROG", pack: "dash", command: []string{"dash", "-c", p}},
	{name: "sh -c 'PROG; x'", pack: "dash", command: []string{"dash", "-c", p + "; echo next >>/tmp/log"}},
	{name: "bash -c PROG", pack: "bash", command: []string{"bash", "-c", p}},
	{name: "bash -c 'PROG; x'", pack: "bash", command: []string{"bash", "-c", p + "; echo next >>/tmp/log"}},
	{name: "busybox sh -c PROG", pack: "busybox", command: []string{"busybox", "sh", "-c", p}},
	{name: "busybox sh -c 'PROG; x'", pack: "busybox", command: []string{"busybox", "sh", "-c", p + "; echo next >>/tmp/log"}},
	{name: "zsh -c PROG", pack: "zsh", command: []string{"zsh", "-c", p}},
	{name: "zsh -c 'PROG; x'", pack: "zsh", command: []string{"zsh", "-c", p + "; echo next >>/tmp/log"}},
	{name: "mksh -c PROG", pack: "mksh", command: []string{"mksh", "-c", p}},
	{name: "mksh -c 'PROG; x'", pack: "mksh", command: []string{"mksh", "-c", p + "; echo next >>/tmp/log"}},
	{name: "ksh93 -c PROG", pack: "ksh93u+m", command: []string{"ksh93", "-c", p}},
	{name: "ksh93 -c 'PROG; x'", pack: "ksh93u+m", command: []string{"ksh93", "-c", p + "; echo next >>/tmp/log"}},
	{name: "fish -c 'PROG; x'", pack: "fish", command: []string{"fish", "-c", p + "; echo next >>/tmp/log"}},
	{name: "tcsh -c 'PROG; x'", pack: "tcsh", command: []string{"tcsh", "-c", p + "; echo next >>/tmp/log"}},
}

// applets are wrappers of a busybox with all its applets, which Debian's has not: root.sh builds it as its source is
// configured by default, for want of Alpine's own.
var applets = []wrapper{
	{name: "su USER -s /bin/sh -c PROG", command: []string{"su", "games", "-s", "/bin/sh", "-c", p}},
	{name: "su USER -c 'exec PROG'", command: []string{"su", "-s", "/bin/sh", "-c", "exec " + p, "games"}},
	{name: "setuidgid USER PROG", command: []string{"setuidgid", "games", p}},
	{name: "chpst -u USER PROG", command: []string{"chpst", "-u", "games", p}},
	{name: "envuidgid USER PROG", command: []string{"envuidgid", "games", p}},
	{name: "softlimit -o N PROG", command: []string{"softlimit", "-o", "100", p}},
	{name: "setpriv PROG", command: []string{"setpriv", "--nnp", p}},
	{name: "timeout 1000 PROG", command: []string{"timeout", "1000", p}},
	{name: "timeout -k 2 1000 PROG", command: []string{"timeout", "-k", "2", "1000", p}},
	{name: "flock FILE PROG", command: []string{"flock", "/tmp/lock", p}},
	{name: "flock FILE -c PROG", command: []string{"flock", "/tmp/lock", "-c", p}},
	{name: "nice PROG", command: []string{"nice", p}},
	{name: "nohup PROG", command: []string{"nohup", p}},
	{name: "ionice PROG", command: []string{"ionice", "-c", "2", p}},
	{name: "chrt PROG", command: []string{"chrt", "-o", "0", p}},
	{name: "taskset PROG", command: []string{"taskset", "1", p}},
	{name: "env PROG", command: []string{"env", "A=1", p}},
	{name: "chroot / PROG", command: []string{"chroot", "/", p}},
	{name: "linux64 PROG", command: []string{"linux64", p}},
	{name: "setsid PROG", command: []string{"setsid", p}},
	{name: "cttyhack PROG", command: []string{"cttyhack", p}},
	{name: "time PROG", command: []string{"time", p}},
	{name: "watch PROG", command: []string{"watch", "-n", "1", p}},
	{name: "script -c PROG", command: []string{"script", "-q", "-c", p, "/dev/null"}},
	{name: "script -c PROG, on a terminal", command: []string{"script", "-q", "-c", p, "/dev/null"}, terminal: true},
	{name: "start-stop-daemon --exec PROG", command: []string{"start-stop-daemon", "-S", "-x", p}},
	{name: "start-stop-daemon -b --exec PROG", command: []string{"start-stop-daemon", "-S", "-b", "-x", p}},
	{name: "start-stop-daemon -c USER --exec PROG", command: []string{"start-stop-daemon", "-S", "-c", "games", "-x", p}},
	{name: "runsv DIR", command: []string{"runsv", "/tmp/s"}, setup: service},
	{name: "runsvdir DIR", command: []string{"runsvdir", "/tmp/v"}, setup: service + "; mkdir /tmp/v; mv /tmp/s /tmp/v/s"},
	{name: "unshare -f PROG", command: []string{"unshare", "-f", "-u", p}},
	{name: "nsenter -t 1 -u PROG", command: []string{"nsenter", "-t", "1", "-u", p}},
	{name: "find -exec PROG", command: []string{"find", "/etc/hostname", "/etc/passwd", "-exec", p, ";"}},
	{name: "xargs PROG", command: []string{"xargs", "-n", "1", "-a", "/tmp/i", p}, setup: "echo a >/tmp/i"},
	{name: "sh -c PROG", command: []string{"sh", "-c", p}},
	{name: "sh -c 'PROG; x'", command: []string{"sh", "-c", p + "; echo next >>/tmp/log"}},
	{name: "hush -c 'PROG; x'", command: []string{"hush", "-c", p + "; echo next >>/tmp/log"}},
}

// allApplets is that busybox, where it is.
const allApplets = "busybox-all"

// allWrappers are the rows, in order.
func allWrappers() []wrapper {
	all := slices.Clone(wrappers)
	for _, w := range applets {
		w.name, w.pack, w.command = allApplets+" "+w.name, "busybox", append([]string{allApplets}, w.command...)
		all = append(all, w)
	}
	return all
}

// sudoers is a set-up with defaults of sudo's.
func sudoers(defaults string) string {
	return "printf 'Defaults " + defaults + "\\nroot ALL=(ALL:ALL) NOPASSWD: ALL\\n' >/tmp/sudoers; chmod 440 /tmp/sudoers; mount --bind /tmp/sudoers /etc/sudoers"
}

// service is a set-up with a service directory of runit, daemontools or s6.
const service = "mkdir /tmp/s; printf '#!/bin/sh\\nexec " + p + "\\n' >/tmp/s/run; chmod +x /tmp/s/run"

const packageJSON = `echo '{"name":"x","version":"1.0.0","scripts":{"x":"` + p + `","start":"` + p + `","poststart":"echo next >>/tmp/log"}}' >/tmp/package.json`
