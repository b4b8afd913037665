package signals

import (
	"slices"
	"strings"
	"syscall"
)

// Program is what is known of a program, or the zero value: one that is not,
// for which SIGTERM is as good as anything.
type Program struct {
	Name     string
	Graceful Signal // what auto sends: ends it, after the work in hand; 0: SIGTERM, as without a row
	Fast     Signal // ends it at once, for the last moments before a deadline; 0: none known
	Source   string // where its authors say so

	// Drains: on the signal of auto it answers what is in flight, as it comes,
	// and does without being held back for that.
	Drains bool

	// Cuts: whatever signal ends it cuts what is in flight, unless it was set up
	// as Lacks says.
	Cuts bool

	Lacks  string // what its stop does not do, and what to set; "": nothing that is known
	Holds  string // its own setting that holds the stop as --drain-delay does; "": none
	GoesOn Mask   // signals that do not end it, as far as a person may take them to: reloads and the like
}

// End is the signal that auto sends, unless the stop request was SIGINT.
func (p Program) End() Signal {
	if p.Graceful == 0 {
		return syscall.SIGTERM
	}
	return p.Graceful
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

const (
	hup  = Mask(1 << (syscall.SIGHUP - 1))
	usr1 = Mask(1 << (syscall.SIGUSR1 - 1))
	usr2 = Mask(1 << (syscall.SIGUSR2 - 1))
	term = Mask(1 << (syscall.SIGTERM - 1))
	quit = Mask(1 << (syscall.SIGQUIT - 1))
	wnch = Mask(1 << (syscall.SIGWINCH - 1))
)

// table holds the programs of which more is known than that SIGTERM ends them.
// Every graceful signal ends the idle program within 5 s, tried with Debian
// 12's, or it has none here and gets SIGTERM. Then the row is there for its fast
// signal, or for what a person has to be told. Not in it is whatever stops
// gracefully on SIGTERM and documents no faster signal, and systemd: SIGRTMIN+3
// halts the manager that is PID 1, which no child is; a user manager goes on,
// and ends on SIGTERM (systemd(1)).
//
// Names are those of Debian, Alpine and the official images. What a row says of
// versions was read where Source is.
var table = [...]row{
	{
		Program: Program{Name: "nginx", Graceful: syscall.SIGQUIT, Fast: syscall.SIGTERM, Source: "nginx.org/en/docs/control.html", Drains: true, GoesOn: hup | usr1 | usr2 | wnch},
		names:   []string{"nginx", "nginx-debug", "openresty"}, // Kong runs nginx
	},
	{
		Program: Program{Name: "httpd", Graceful: syscall.SIGWINCH, Fast: syscall.SIGTERM, Source: "httpd.apache.org/docs/2.4/stopping.html", Drains: true, GoesOn: hup | usr1 | quit},
		names:   []string{"httpd", "apache2"},
	},
	{
		Program: Program{Name: "lighttpd", Graceful: syscall.SIGINT, Fast: syscall.SIGTERM, Source: "lighttpd: doc/initscripts.txt", Drains: true, GoesOn: hup | usr1},
		names:   []string{"lighttpd"},
	},
	{
		// Without -W there is no master, and SIGUSR2 and SIGHUP reload nothing.
		Program: Program{Name: "haproxy", Graceful: syscall.SIGUSR1, Fast: syscall.SIGTERM, Source: "docs.haproxy.org/2.6/management.html#4", Drains: true, Holds: "grace", GoesOn: hup | usr2 | quit},
		names:   []string{"haproxy"},
	},
	{
		Program: Program{Name: "php-fpm", Graceful: syscall.SIGQUIT, Fast: syscall.SIGTERM, Source: "php-fpm(8)", GoesOn: usr1 | usr2,
			Lacks: "it cuts what is in flight unless process_control_timeout is set, which it is not by default"},
		names: []string{"php-fpm", "php5-fpm"},
	},
	{
		// From 1.23 SIGTERM waits for the clients, which poolers never let go;
		// before, it is immediate. After SIGINT it is immediate in both.
		Program: Program{Name: "pgbouncer", Graceful: syscall.SIGINT, Fast: syscall.SIGTERM, Source: "www.pgbouncer.org/usage.html", GoesOn: hup},
		names:   []string{"pgbouncer"},
	},
	{
		// SIGINT is the fast shutdown. SIGTERM, the smart one, waits for every
		// session; SIGQUIT costs a recovery at the next start, as SIGKILL does.
		// Titles are for its own children, to which SIGINT means something else.
		Program: Program{Name: "postgres", Graceful: syscall.SIGINT, Source: "www.postgresql.org/docs/current/server-shutdown.html", GoesOn: hup},
		names:   []string{"postgres", "postmaster"},
		is:      func(c command) bool { return c.title == "" },
	},
	{
		Program: Program{Name: "memcached", Graceful: syscall.SIGUSR1, Fast: syscall.SIGTERM, Source: "docs.memcached.org/features/restart"}, // from 1.5.18
		names:   []string{"memcached"},
	},
	{
		Program: Program{Name: "unicorn", Graceful: syscall.SIGQUIT, Fast: syscall.SIGTERM, Source: "yhbt.net/unicorn/SIGNALS.html", Drains: true, GoesOn: hup | usr1 | usr2 | wnch},
		names:   []string{"unicorn", "unicorn_rails"},
	},
	{
		Program: Program{Name: "gunicorn", Graceful: syscall.SIGTERM, Fast: syscall.SIGQUIT, Source: "gunicorn.org/signals", Drains: true, GoesOn: hup | usr1 | usr2 | wnch},
		names:   []string{"gunicorn"},
	},
	{
		// A second signal that is SIGINT is its "now".
		Program: Program{Name: "uvicorn", Fast: syscall.SIGINT, Source: "uvicorn: uvicorn/server.py", Drains: true, GoesOn: quit},
		names:   []string{"uvicorn"},
	},
	{
		Program: Program{Name: "puma", Fast: syscall.SIGQUIT, Source: "puma: docs/signals.md", Drains: true, GoesOn: usr1 | usr2},
		names:   []string{"puma"},
	},
	{
		Program: Program{Name: "celery", Graceful: syscall.SIGTERM, Fast: syscall.SIGQUIT, Source: "docs.celeryq.dev/en/stable/userguide/workers.html#process-signals"},
		names:   []string{"celery", "[celeryd"},
		is:      isCeleryWorker,
	},
	{
		Program: Program{Name: "sidekiq", Source: "sidekiq: lib/sidekiq/cli.rb",
			Lacks: "it takes new jobs until its stop signal; --at-drain TSTP ends that at once"},
		names: []string{"sidekiq"},
	},
	{
		Program: Program{Name: "caddy", Graceful: syscall.SIGTERM, Fast: syscall.SIGQUIT, Source: "caddyserver.com/docs/command-line#signals", Drains: true, Holds: "shutdown_delay", GoesOn: hup | usr1 | usr2},
		names:   []string{"caddy"},
	},
	{
		// In 2.0 SIGTERM reloads it, unless die-on-term or a hook on SIGTERM is
		// set, perhaps in a file, so it cannot be left out.
		Program: Program{Name: "uwsgi", Fast: syscall.SIGINT, Source: "uwsgi-docs: Management, ThingsToKnow", Cuts: true, GoesOn: hup,
			Lacks: "its SIGTERM reloads it, or cuts with die-on-term; set master-fifo, and --at-stop write:FIFO:q --stop-signal none; or hook-master-start = unix_signal:15 gracefully_kill_them_all"},
		names: []string{"uwsgi", "uwsgi-core"},
	},
	{
		Program: Program{Name: "squid", Fast: syscall.SIGINT, Source: "squid: src/main.cc, src/cf.data.pre", Drains: true, GoesOn: hup | usr1,
			Lacks: "its stop lasts shutdown_lifetime (30 s) even if idle; set that to less than there is from the stop signal to the deadline"},
		names: []string{"squid"},
	},
	{
		Program: Program{Name: "varnishd", Source: "varnish: bin/varnishd/mgt/mgt_main.c", Cuts: true,
			Lacks: "its SIGTERM and SIGINT cut what is in flight; --drain-until idle waits for that"},
		names: []string{"varnishd"},
	},
	{
		Program: Program{Name: "envoy", Source: "envoyproxy/envoy#1990, #3837", Cuts: true,
			Lacks: "no signal drains it; --at-drain post:http://127.0.0.1:9901/drain_listeners?graceful, with its admin address, does"},
		names: []string{"envoy"},
	},
	{
		// SIGUSR2 is its lame duck mode, which takes 2 minutes to part with its
		// clients, longer than most platforms wait, and in it SIGTERM is ignored.
		Program: Program{Name: "nats-server", Source: "docs.nats.io, Signals", GoesOn: hup | usr1,
			Lacks: "it parts with its clients in turn on SIGUSR2 alone: --stop-signal USR2 with a grace period of 3m"},
		names: []string{"nats-server"},
	},
	{
		Program: Program{Name: "traefik", Source: "traefik: entrypoints.md", Holds: "requestAcceptGraceTimeout", GoesOn: hup | usr1},
		names:   []string{"traefik"},
	},
	{
		Program: Program{Name: "coredns", Source: "coredns: plugin/health/README.md", Holds: "health { lameduck }", GoesOn: usr1},
		names:   []string{"coredns"},
	},
	{
		Program: Program{Name: "cloud-sql-proxy", Source: "cloud-sql-proxy: cmd/root.go", Holds: "--min-sigterm-delay"},
		names:   []string{"cloud-sql-proxy"},
	},
	{
		Program: Program{Name: "kube-apiserver", Source: "kube-apiserver: command-line reference", Holds: "--shutdown-delay-duration"},
		names:   []string{"kube-apiserver"},
	},
	{
		Program: Program{Name: "ingress-nginx", Source: "ingress-nginx: cli-arguments.md", Holds: "--shutdown-grace-period"},
		names:   []string{"nginx-ingress-controller", "nginx-ingress-c"},
	},
	{
		Program: Program{Name: "consul-dataplane", Source: "consul-dataplane: command-line reference", Holds: "-shutdown-grace-period-seconds"},
		names:   []string{"consul-dataplane", "consul-dataplan"},
	},
	{
		Program: Program{Name: JVM, Source: "docs.oracle.com/en/java/javase/17/troubleshoot/handle-signals-and-exceptions.html", GoesOn: quit},
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
