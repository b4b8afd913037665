package main

var (
	uwsgi = []string{"uwsgi", "--plugin", "python3", "--http-socket", ":8080", "--master", "--processes", "2", "--wsgi-file", "/servers/app.py"}

	// fastCGI forwards to php-fpm.
	fastCGI = []string{"nginx", "-c", "/servers/nginx-fastcgi.conf", "-g", "daemon off;"}
)

// applications answer for themselves.
var applications = []setup{
	{
		name: "php-fpm", command: []string{"php-fpm8.2", "-F", "-y", "/servers/php-fpm.conf"}, beside: fastCGI, client: onPort8080,
		note: "behind an nginx that is not stopped: 502 is its word for refused",
		cuts: "without `process_control_timeout`, which is its default, SIGQUIT is not graceful",
	},
	{
		name: "php-fpm, `process_control_timeout`", command: []string{"php-fpm8.2", "-F", "-y", "/servers/php-fpm-timeout.conf"}, beside: fastCGI, client: onPort8080,
		note: "10s, behind an nginx that is not stopped",
	},
	{
		name: "uWSGI", command: uwsgi, client: onPort8080,
		note: "2.0: SIGTERM is a reload that cuts; it goes on serving until it is killed",
		cuts: "without a hook or a FIFO no signal is graceful and ends it",
	},
	{name: "uWSGI, `die-on-term`", command: with(uwsgi, "--die-on-term"), client: onPort8080, cuts: "SIGTERM ends it, and is not graceful"},
	{name: "uWSGI, hook", command: with(uwsgi, "--hook-master-start", "unix_signal:15 gracefully_kill_them_all"), client: onPort8080},
	{
		name: "uWSGI, FIFO", command: with(uwsgi, "--master-fifo", "/run/uwsgi.fifo"), client: onPort8080,
		setting: []string{"DRAINIT_AT_STOP=write:/run/uwsgi.fifo:q", "DRAINIT_STOP_SIGNAL=none"},
		note:    "`q` is its graceful stop, which no signal is",
	},
	{
		name: "gunicorn", command: []string{"gunicorn", "--workers", "2", "--bind", ":8080", "--chdir", "/servers", "app:application"}, client: onPort8080,
		note: "its listener stays open to the end: who connects after the signal is reset at the exit",
	},
	{name: "uvicorn", command: []string{"uvicorn", "--app-dir", "/servers", "--host", "0.0.0.0", "--port", "8080", "asgi:app"}, client: onPort8080},
	{name: "puma", command: []string{"puma", "-b", "tcp://0.0.0.0:8080", "/servers/config.ru"}, client: onPort8080},
	{name: "puma, cluster", command: []string{"puma", "-w", "2", "-b", "tcp://0.0.0.0:8080", "/servers/config.ru"}, client: onPort8080},
	{name: "unicorn", command: []string{"unicorn", "-c", "/servers/unicorn.rb", "/servers/config.ru"}, client: onPort8080},
	{name: "Node.js, no handler", command: []string{"node", "/servers/server.js"}, client: onPort8080, cuts: "it handles no signal"},
	{name: "Node.js, `server.close`", command: []string{"node", "/servers/server.js", "drain"}, client: onPort8080},
	{name: "Python, `http.server`", command: []string{"python3", "/servers/server.py"}, client: onPort8080, cuts: "it handles no signal but SIGINT, which ends it at once"},
	{name: "Go, no handler", command: []string{"/helper", "go-plain"}, client: onPort8080, cuts: "it handles no signal"},
	{name: "Go, `Shutdown`", command: []string{"/helper", "go-drain"}, client: onPort8080},
	{
		name: "Go, `main` returns before `Shutdown`", command: []string{"/helper", "go-returns"}, client: onPort8080,
		cuts: "`ListenAndServe` returns when `Shutdown` begins, and `main` with it",
	},
}
