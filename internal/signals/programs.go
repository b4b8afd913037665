package signals

import (
	"slices"
	"strings"
	"syscall"
)

// Program is a program whose signals are known, or the zero value: one that is
// not, for which SIGTERM is as good as anything.
type Program struct {
	Name     string
	Graceful Signal // ends it, after the work in hand; 0: no row, see JVM
	Fast     Signal // ends it at once, for the last moments before a deadline; 0: none known
	Source   string // where its authors say so

	// Drains: on Graceful it answers what is in flight, as it comes, and does
	// without being held back for that.
	Drains bool
}

// JVM is the name of the program that every java is. It stops on SIGTERM like
// a program that is not known, and answers SIGQUIT with a thread dump.
const JVM = "JVM"

// row is how a program is recognised.
type row struct {
	Program
	names []string           // of executables, scripts and titles, without a version at the end
	is    func(command) bool // what else must be so; nil: nothing
}

// table holds the programs for which something other than SIGTERM is graceful,
// or a fast signal is known. Every graceful signal ends the idle program within
// 5 s, tried with Debian 12's. Not in it, so that they get SIGTERM:
//
//   - nats-server: SIGUSR2 is its lame duck mode, which takes 2 minutes to part
//     with its clients, longer than most platforms wait, and in it SIGTERM is
//     ignored (docs.nats.io, Signals);
//   - systemd: SIGRTMIN+3 halts the manager that is PID 1, which no child is; a
//     user manager goes on, and ends on SIGTERM (systemd(1));
//   - uwsgi: in 2.0 SIGTERM reloads it, unless die-on-term or a hook on SIGTERM
//     is set, perhaps in a file; SIGINT ends it and cuts what is in flight;
//   - squid: SIGTERM is graceful and lasts shutdown_lifetime, 30 s, even if idle;
//   - whatever stops gracefully on SIGTERM and documents no faster signal.
var table = [...]row{
	{
		Program: Program{Name: "nginx", Graceful: syscall.SIGQUIT, Fast: syscall.SIGTERM, Source: "nginx.org/en/docs/control.html", Drains: true},
		names:   []string{"nginx", "nginx-debug", "openresty"}, // Kong runs nginx
	},
	{
		Program: Program{Name: "httpd", Graceful: syscall.SIGWINCH, Fast: syscall.SIGTERM, Source: "httpd.apache.org/docs/2.4/stopping.html", Drains: true},
		names:   []string{"httpd", "apache2"},
	},
	{
		Program: Program{Name: "lighttpd", Graceful: syscall.SIGINT, Fast: syscall.SIGTERM, Source: "lighttpd: doc/initscripts.txt", Drains: true},
		names:   []string{"lighttpd"},
	},
	{
		Program: Program{Name: "haproxy", Graceful: syscall.SIGUSR1, Fast: syscall.SIGTERM, Source: "docs.haproxy.org/2.6/management.html#4", Drains: true},
		names:   []string{"haproxy"},
	},
	{
		// Graceful only with process_control_timeout above 0, which is not its default.
		Program: Program{Name: "php-fpm", Graceful: syscall.SIGQUIT, Fast: syscall.SIGTERM, Source: "php-fpm(8)"},
		names:   []string{"php-fpm", "php5-fpm"},
	},
	{
		// From 1.23 SIGTERM waits for the clients, which poolers never let go;
		// before, it is immediate. After SIGINT it is immediate in both.
		Program: Program{Name: "pgbouncer", Graceful: syscall.SIGINT, Fast: syscall.SIGTERM, Source: "www.pgbouncer.org/usage.html"},
		names:   []string{"pgbouncer"},
	},
	{
		// SIGINT is the fast shutdown. SIGTERM, the smart one, waits for every
		// session; SIGQUIT costs a recovery at the next start, as SIGKILL does.
		// Titles are for its own children, to which SIGINT means something else.
		Program: Program{Name: "postgres", Graceful: syscall.SIGINT, Source: "www.postgresql.org/docs/current/server-shutdown.html"},
		names:   []string{"postgres", "postmaster"},
		is:      func(c command) bool { return c.title == "" },
	},
	{
		Program: Program{Name: "memcached", Graceful: syscall.SIGUSR1, Fast: syscall.SIGTERM, Source: "docs.memcached.org/features/restart"}, // from 1.5.18
		names:   []string{"memcached"},
	},
	{
		Program: Program{Name: "unicorn", Graceful: syscall.SIGQUIT, Fast: syscall.SIGTERM, Source: "yhbt.net/unicorn/SIGNALS.html", Drains: true},
		names:   []string{"unicorn", "unicorn_rails"},
	},
	{
		Program: Program{Name: "gunicorn", Graceful: syscall.SIGTERM, Fast: syscall.SIGQUIT, Source: "docs.gunicorn.org/en/stable/signals.html", Drains: true},
		names:   []string{"gunicorn"},
	},
	{
		Program: Program{Name: "celery", Graceful: syscall.SIGTERM, Fast: syscall.SIGQUIT, Source: "docs.celeryq.dev/en/stable/userguide/workers.html#process-signals"},
		names:   []string{"celery", "[celeryd"},
		is:      isCeleryWorker,
	},
	{
		Program: Program{Name: "caddy", Graceful: syscall.SIGTERM, Fast: syscall.SIGQUIT, Source: "caddyserver.com/docs/command-line#signals", Drains: true},
		names:   []string{"caddy"},
	},
	{
		Program: Program{Name: JVM, Source: "docs.oracle.com/en/java/javase/17/troubleshoot/handle-signals-and-exceptions.html"},
		names:   []string{"java"},
	},
}

// Table returns every program that Identify knows, for documents and tests.
func Table() []Program {
	var programs []Program
	for _, r := range table {
		programs = append(programs, r.Program)
	}
	return programs
}

// Identify returns the program that a process runs, by what the kernel calls it
// (at most 15 bytes) and by its arguments or the title it wrote over them. The
// zero Program is one that is not known.
func Identify(comm string, argv []string) Program {
	c := commandOf(comm, argv)
	for _, name := range c.names {
		for _, r := range table {
			if (slices.Contains(r.names, name) || slices.Contains(r.names, stem(name))) && (r.is == nil || r.is(c)) {
				return r.Program
			}
		}
	}
	return Program{}
}

// isCeleryWorker tells a worker from celery's other commands, to which SIGQUIT
// means nothing. With the setproctitle module it calls itself
// "[celeryd: celery@host:MainProcess] -active- (worker -A app)", and its pool
// the same with another name in the middle.
func isCeleryWorker(c command) bool {
	return slices.Contains(c.args, "worker") || strings.Contains(c.title, ":MainProcess]")
}
