package signals

import (
	"slices"
	"syscall"
)

const (
	hup  = Mask(1 << (syscall.SIGHUP - 1))
	usr1 = Mask(1 << (syscall.SIGUSR1 - 1))
	usr2 = Mask(1 << (syscall.SIGUSR2 - 1))
	term = Mask(1 << (syscall.SIGTERM - 1))
	quit = Mask(1 << (syscall.SIGQUIT - 1))
	wnch = Mask(1 << (syscall.SIGWINCH - 1))
)

// noDrain is what those lack that handle SIGTERM and cut, and have no setting for it.
const noDrain = "no signal drains it"

// NoBound is the Bound of those that have no setting for it either, or none in every version.
const NoBound = "no setting"

// table holds the programs of which more is known than that SIGTERM ends them.
// Every graceful signal ends the idle program within 5 s, or it has none here and
// gets SIGTERM. Then the row is there for its fast signal, or for what a person has
// to be told. A fast signal is one that ends a program that drains already. What was
// measured of whom is in docs/proof/stops.tsv, which test/stops compares with this. Not in it is whatever stops
// gracefully on SIGTERM and documents no faster signal, and systemd: SIGRTMIN+3
// halts the manager that is PID 1, which no child is; a user manager goes on,
// and ends on SIGTERM (systemd(1)).
//
// Names are those of Debian, Alpine and the official images. What a row says of
// versions was read where Source is.
var table = [...]row{
	{
		Program: Program{Name: "nginx", Graceful: syscall.SIGQUIT, Fast: syscall.SIGTERM, Drains: true, GoesOn: hup | usr1 | usr2 | wnch},
		names:   []string{"nginx", "nginx-debug", "openresty"}, // Kong runs nginx
	},
	{
		// Of the event MPM's parent a process that sends has 10 s more after SIGTERM.
		Program: Program{Name: "httpd", Graceful: syscall.SIGWINCH, Fast: syscall.SIGTERM, Drains: true, GoesOn: hup | usr1,
			Bound: "GracefulShutdownTimeout, to which 10s are added"},
		names: []string{"httpd", "apache2"},
	},
	{
		Program: Program{Name: "lighttpd", Graceful: syscall.SIGINT, Fast: syscall.SIGTERM, Drains: true, GoesOn: hup | usr1,
			Lacks: "it cuts what takes longer than 8s unless server.graceful-shutdown-timeout is set"},
		names: []string{"lighttpd"},
	},
	{
		// Without -W there is no master, and SIGUSR2 and SIGHUP reload nothing.
		Program: Program{Name: "haproxy", Graceful: syscall.SIGUSR1, Fast: syscall.SIGTERM, Drains: true, Holds: "grace", GoesOn: hup | usr2 | quit},
		names:   []string{"haproxy"},
	},
	{
		Program: Program{Name: "php-fpm", Graceful: syscall.SIGQUIT, Fast: syscall.SIGTERM, GoesOn: usr1 | usr2,
			Lacks: "it cuts what is in flight unless process_control_timeout is set, which it is not by default"},
		names: []string{"php-fpm", "php5-fpm"},
	},
	{
		// From 1.23 SIGTERM waits for the clients, which poolers never let go;
		// before, it is immediate. After SIGINT it is immediate in both.
		Program: Program{Name: "pgbouncer", Graceful: syscall.SIGINT, Fast: syscall.SIGTERM, GoesOn: hup},
		names:   []string{"pgbouncer"},
	},
	{
		// SIGINT is the fast shutdown. SIGTERM, the smart one, waits for every
		// session; SIGQUIT costs a recovery at the next start, as SIGKILL does.
		// Titles are for its own children, to which SIGINT means something else.
		Program: Program{Name: "postgres", Graceful: syscall.SIGINT, GoesOn: hup, Cuts: true, Lacks: "it ends the queries"},
		names:   []string{"postgres", "postmaster"},
		is:      func(c command) bool { return c.title == "" },
	},
	{
		Program: Program{Name: "memcached", Graceful: syscall.SIGUSR1, Fast: syscall.SIGTERM, Cuts: true, Lacks: noDrain}, // from 1.5.18
		names:   []string{"memcached"},
	},
	{
		Program: Program{Name: "unicorn", Graceful: syscall.SIGQUIT, Drains: true, GoesOn: hup | usr1 | usr2 | wnch, Bound: "timeout (default 60s)"},
		names:   []string{"unicorn", "unicorn_rails"},
	},
	{
		// SIGQUIT ends one that drains from 26 on; before, nothing does.
		Program: Program{Name: "gunicorn", Graceful: syscall.SIGTERM, Fast: syscall.SIGQUIT, Drains: true, GoesOn: hup | usr1 | usr2 | wnch, Bound: "--graceful-timeout (default 30s)"},
		names:   []string{"gunicorn"},
	},
	{
		// Their supervisor waits for each of them, whatever comes.
		Program: Program{Name: "uvicorn workers", Drains: true, Bound: "--timeout-graceful-shutdown"},
		names:   []string{"uvicorn"},
		is:      isUvicornWithWorkers,
	},
	{
		// A second signal that is SIGINT is its "now".
		Program: Program{Name: "uvicorn", Fast: syscall.SIGINT, Drains: true},
		names:   []string{"uvicorn"},
	},
	{
		Program: Program{Name: "puma", Drains: true, GoesOn: usr1 | usr2, Bound: "force_shutdown_after"},
		names:   []string{"puma"},
	},
	{
		// SIGQUIT takes up to 3 s.
		Program: Program{Name: "celery", Graceful: syscall.SIGTERM, Fast: syscall.SIGQUIT, Bound: "--time-limit"},
		names:   []string{"celery", "[celeryd"},
		is:      isCeleryWorker,
	},
	{
		// Its cold shutdown, the second signal, waits for the job as well.
		Program: Program{Name: "rq", Lacks: "no signal surely ends it while a job runs: set the job's timeout (default 180s)"},
		names:   []string{"rq"},
		is:      func(c command) bool { return c.title != "" || slices.Contains(c.args, "worker") },
	},
	{
		Program: Program{Name: "sidekiq", Bound: "--timeout (default 25s)",
			Lacks: "it takes new jobs until its stop signal; --at-drain TSTP ends that at once"},
		names: []string{"sidekiq"},
	},
	{
		// It counts SIGINT, and not SIGTERM: the second one is its "now". SIGQUIT is not,
		// once it drains.
		Program: Program{Name: "caddy", Graceful: syscall.SIGINT, Fast: syscall.SIGINT, Drains: true, Holds: "shutdown_delay", GoesOn: hup | usr1 | usr2},
		names:   []string{"caddy"},
	},
	{
		// SIGINT ends it, but where such a hook has it drain. In 2.0 SIGTERM reloads it, unless die-on-term or a hook on SIGTERM is
		// set, perhaps in a file, so it cannot be left out.
		Program: Program{Name: "uwsgi", Fast: syscall.SIGINT, Cuts: true, GoesOn: hup,
			Lacks: "its SIGTERM reloads it, or cuts with die-on-term; set master-fifo, and --at-stop write:FIFO:q --stop-signal none; or hook-master-start = unix_signal:15 gracefully_kill_them_all, with which no signal surely ends it while it drains"},
		names: []string{"uwsgi", "uwsgi-core"},
	},
	{
		Program: Program{Name: "squid", Fast: syscall.SIGINT, Drains: true, GoesOn: hup | usr1,
			Lacks: "its stop lasts shutdown_lifetime (30 s) even if idle; set that to less than there is from the stop signal to the deadline"},
		names: []string{"squid"},
	},
	{
		Program: Program{Name: "varnishd", Cuts: true,
			Lacks: "its SIGTERM and SIGINT cut what is in flight"},
		names: []string{"varnishd"},
	},
	{
		Program: Program{Name: "envoy", Cuts: true,
			Lacks: "no signal drains it; --at-drain post:http://127.0.0.1:9901/drain_listeners?graceful, with its admin address, does"},
		names: []string{"envoy"},
	},
	{
		// SIGUSR2 is its lame duck mode, which takes 2 minutes to part with its
		// clients, longer than most platforms wait, and in it SIGTERM is ignored.
		Program: Program{Name: "nats-server", GoesOn: hup | usr1,
			Lacks: "it parts with its clients in turn on SIGUSR2 alone: --stop-signal USR2 with a grace period of 3m"},
		names: []string{"nats-server"},
	},
	{
		Program: Program{Name: "traefik", Holds: "requestAcceptGraceTimeout", GoesOn: hup | usr1},
		names:   []string{"traefik"},
	},
	{
		Program: Program{Name: "coredns", Holds: "health { lameduck }", GoesOn: usr1},
		names:   []string{"coredns"},
	},
	{
		Program: Program{Name: "cloud-sql-proxy", Holds: "--min-sigterm-delay"},
		names:   []string{"cloud-sql-proxy"},
	},
	{
		Program: Program{Name: "kube-apiserver", Holds: "--shutdown-delay-duration"},
		names:   []string{"kube-apiserver"},
	},
	{
		Program: Program{Name: "ingress-nginx", Holds: "--shutdown-grace-period"},
		names:   []string{"nginx-ingress-controller", "nginx-ingress-c"},
	},
	{
		Program: Program{Name: "consul-dataplane", Holds: "-shutdown-grace-period-seconds"},
		names:   []string{"consul-dataplane", "consul-dataplan"},
	},
	{
		// It has 5 s, which are in its code.
		Program: Program{Name: "waitress", Graceful: syscall.SIGINT, Fast: syscall.SIGTERM, Drains: true,
			Lacks: "it cuts what takes longer than 5s"},
		names: []string{"waitress-serve", "waitress"},
	},
	{
		// Its SIGTERM has no handler.
		Program: Program{Name: "cheroot", Graceful: syscall.SIGINT, Fast: syscall.SIGTERM, Drains: true},
		names:   []string{"cheroot"},
	},
	{
		Program: Program{Name: "hypercorn", Drains: true, Bound: "--graceful-timeout, which counts with Python 3.11 and older",
			Lacks: "it cuts what takes longer than 3s unless --graceful-timeout is set"},
		names: []string{"hypercorn"},
	},
	{
		Program: Program{Name: "victoria-metrics", Drains: true,
			Lacks: "it cuts what takes longer than 7s unless -http.maxGracefulShutdownDuration is set"},
		names: []string{"victoria-metrics", "victoria-metric"},
	},
	{
		Program: Program{Name: "starman", Graceful: syscall.SIGQUIT, Fast: syscall.SIGTERM, Drains: true, GoesOn: hup},
		names:   []string{"starman"},
	},
	{
		Program: Program{Name: "nghttpx", Graceful: syscall.SIGQUIT, Fast: syscall.SIGTERM, Drains: true, GoesOn: hup | usr1 | usr2,
			Lacks: "idle kept connections hold its stop, too"},
		names: []string{"nghttpx"},
	},
	{
		Program: Program{Name: "h2o", Fast: syscall.SIGINT, Drains: true,
			Lacks: "idle kept connections hold its stop for 10s"},
		names: []string{"h2o"},
	},
	{
		// Server::Starter, which h2o -m master is as well. It passes SIGTERM on.
		Program: Program{Name: "start_server", GoesOn: hup, Bound: NoBound},
		names:   []string{"start_server"},
	},
	{
		// Threads that serve a WSGI application are waited for, after their connections were closed.
		Program: Program{Name: "twistd", Cuts: true, Lacks: noDrain, Bound: NoBound},
		names:   []string{"twistd", "twisted"},
	},
	{
		// Once it drains SIGTERM ends it with --threaded alone.
		Program: Program{Name: "thin", Graceful: syscall.SIGTERM, Fast: syscall.SIGTERM, Drains: true, Bound: NoBound},
		names:   []string{"thin"},
	},
	{
		Program: Program{Name: "pgpool", Drains: true, GoesOn: hup, Bound: NoBound,
			Lacks: "it waits for every session; --stop-signal INT ends them"},
		names: []string{"pgpool"},
	},
	{
		Program: Program{Name: "hitch", Cuts: true, Lacks: noDrain, GoesOn: hup},
		names:   []string{"hitch"},
	},
	{
		Program: Program{Name: "stunnel", Cuts: true, Lacks: noDrain, GoesOn: hup | usr1 | usr2},
		names:   []string{"stunnel"},
	},
	{
		Program: Program{Name: "webhook", Cuts: true, Lacks: noDrain, GoesOn: hup | usr1},
		names:   []string{"webhook"},
	},
	{
		Program: Program{Name: "webdis", Cuts: true, Lacks: noDrain, GoesOn: hup},
		names:   []string{"webdis"},
	},
	{
		Program: Program{Name: "slapd", Cuts: true, Lacks: noDrain},
		names:   []string{"slapd"},
	},
	{
		Program: Program{Name: "icecast2", Cuts: true, Lacks: noDrain, GoesOn: hup},
		names:   []string{"icecast2", "icecast"},
	},
	{
		Program: Program{Name: "civetweb", Cuts: true, Lacks: noDrain, Bound: NoBound},
		names:   []string{"civetweb"},
	},
	{
		Program: Program{Name: "daphne", Cuts: true, Lacks: noDrain},
		names:   []string{"daphne"},
	},
	{
		Program: Program{Name: "tinyproxy", Cuts: true, Lacks: noDrain},
		names:   []string{"tinyproxy"},
	},
	{
		Program: Program{Name: "privoxy", Cuts: true, Lacks: noDrain, GoesOn: hup},
		names:   []string{"privoxy"},
	},
	{
		Program: Program{Name: "traffic_server", Cuts: true,
			Lacks: "it cuts unless proxy.config.stop.shutdown_timeout is set"},
		names: []string{"traffic_server"},
	},
	{
		Program: Program{Name: "fcgiwrap", Cuts: true, Lacks: noDrain},
		names:   []string{"fcgiwrap"},
	},
	{
		Program: Program{Name: "sniproxy", Cuts: true, Lacks: noDrain, GoesOn: hup | usr1},
		names:   []string{"sniproxy"},
	},
	{
		Program: Program{Name: "rinetd", Cuts: true, Lacks: noDrain, GoesOn: hup},
		names:   []string{"rinetd"},
	},
	{
		Program: Program{Name: "pen", Cuts: true, Lacks: noDrain, GoesOn: hup | usr1},
		names:   []string{"pen"},
	},
	{
		Program: Program{Name: "ss-server", Cuts: true, Lacks: noDrain},
		names:   []string{"ss-server"},
	},
	{
		Program: Program{Name: "aria2c", Cuts: true, Lacks: noDrain},
		names:   []string{"aria2c"},
	},
	{
		Program: Program{Name: "tarantool", Cuts: true, Lacks: noDrain, GoesOn: hup | usr1},
		names:   []string{"tarantool"},
	},
	{
		Program: Program{Name: "soju", Cuts: true, Lacks: noDrain, GoesOn: hup | usr1 | usr2},
		names:   []string{"soju"},
	},
	{
		Program: Program{Name: "postgrey", Cuts: true, Lacks: noDrain, GoesOn: hup},
		names:   []string{"postgrey"},
	},
	{
		Program: Program{Name: "mariadbd", Cuts: true, Lacks: "it ends the queries", GoesOn: hup},
		names:   []string{"mariadbd", "mysqld"},
	},
	{
		// SIGINT after SIGTERM is its "now", for one that a script keeps busy.
		Program: Program{Name: "redis-server", Fast: syscall.SIGINT, Cuts: true, Lacks: "it exits before it answers a script or BLPOP", GoesOn: hup},
		names:   []string{"redis-server"},
	},
	{
		Program: Program{Name: "valkey-server", Fast: syscall.SIGINT, Cuts: true, Lacks: "it exits before it answers a script or BLPOP", GoesOn: hup},
		names:   []string{"valkey-server"},
	},
	{
		Program: Program{Name: "mosquitto", Cuts: true, Lacks: noDrain, GoesOn: hup | usr1 | usr2},
		names:   []string{"mosquitto"},
	},
	{
		Program: Program{Name: "influxd", Cuts: true, Lacks: noDrain},
		names:   []string{"influxd"},
	},
	{
		Program: Program{Name: "prometheus", Cuts: true, Lacks: noDrain, GoesOn: hup},
		names:   []string{"prometheus"},
	},
	{
		Program: Program{Name: "alertmanager", Cuts: true, Lacks: noDrain, GoesOn: hup},
		names:   []string{"alertmanager", "prometheus-alertmanager", "prometheus-aler"},
	},
	{
		Program: Program{Name: "pushgateway", Cuts: true, Lacks: noDrain},
		names:   []string{"pushgateway", "prometheus-pushgateway", "prometheus-push"},
	},
	{
		Program: Program{Name: "registry", Cuts: true, Lacks: "it cuts unless http.draintimeout is set"},
		names:   []string{"registry", "docker-registry"},
		with:    "serve",
	},
	{
		Program: Program{Name: "supervisord", GoesOn: hup,
			Lacks: "it sends each program its stopsignal, which is TERM unless set"},
		names: []string{"supervisord"},
	},
	{
		Program: Program{Name: Tomcat, GoesOn: quit, Cuts: true,
			Lacks: "it cuts what takes longer than 2s unless gracefulStopAwaitMillis is set"},
		names: []string{"java"},
		with:  "org.apache.catalina.startup.Bootstrap",
	},
	{
		Program: Program{Name: JVM, GoesOn: quit},
		names:   []string{"java"},
	},
}
