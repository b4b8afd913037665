package signals

import (
	"slices"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Table() {
		if p.Name == "" || SourceOf(p.Name) == "" || seen[p.Name] {
			t.Errorf("%+v: want a name of its own and a source", p)
		}
		seen[p.Name] = true
		if p.dumpsThreads() && (p.Graceful != 0 || p.Fast != 0) {
			t.Errorf("%+v: want no signal but SIGTERM's rule", p)
		}
		if p.End() == p.Fast && p.Graceful == 0 || sendable(p.End()) != nil || sendable(p.Fast) != nil {
			t.Errorf("%+v: want a signal that can be sent and another fast one, or the same by intention", p)
		}
		if p.Drains && p.Fast == 0 && p.Bound == "" && p.Lacks == "" {
			t.Errorf("%+v: want what ends its drain", p)
		}
		if p.GoesOn.Has(p.Graceful) || p.GoesOn.Has(p.Fast) || p.Cuts && (p.Lacks == "" || p.Drains) {
			t.Errorf("%+v contradicts itself", p)
		}
		if !Forwardable(p.End()) {
			t.Errorf("%+v: as an image's STOPSIGNAL the graceful signal could not be received", p)
		}
	}
}

// Names are compared with comm, which the kernel cuts after 15 bytes.
func TestTableNamesFitComm(t *testing.T) {
	for _, r := range table {
		for _, name := range r.names {
			if len(name) > 15 && !slices.Contains(r.names, name[:15]) {
				t.Errorf("%s: comm can never be %q", r.Name, name)
			}
		}
	}
}

// The command lines are as Debian 12 and the official images show them.
func TestIdentify(t *testing.T) {
	tests := []struct {
		comm string
		argv []string
		want string
	}{
		{"nginx", []string{"nginx: master process nginx -g daemon off;"}, "nginx"},
		{"nginx", []string{"nginx: worker process"}, "nginx"},
		{"nginx", []string{"nginx", "-g", "daemon off;"}, "nginx"},
		{"nginx", []string{"nginx"}, "nginx"},
		{"nginx", nil, "nginx"},
		{"nginx-debug", []string{"nginx: master process nginx-debug"}, "nginx"},
		{"openresty", []string{"nginx: master process /usr/local/openresty/bin/openresty -g daemon off;"}, "nginx"},
		{"openresty", []string{"/usr/local/openresty/bin/openresty", "-g", "daemon off;"}, "nginx"},
		{"nginx", []string{"/bin/sh", "/usr/local/bin/nginx"}, ""},
		{"docker-entrypoi", []string{"/bin/sh", "/docker-entrypoint.sh", "nginx", "-g", "daemon off;"}, ""},
		{"httpd", []string{"httpd", "-DFOREGROUND"}, "httpd"},
		{"httpd", []string{"/usr/sbin/httpd", "-D", "FOREGROUND"}, "httpd"},
		{"apache2", []string{"apache2", "-DFOREGROUND"}, "httpd"},
		{"httpd-foregroun", []string{"/bin/sh", "/usr/local/bin/httpd-foreground"}, ""},
		{"busybox", []string{"busybox", "httpd", "-f"}, ""},
		{"lighttpd", []string{"lighttpd", "-D", "-f", "/etc/lighttpd/lighttpd.conf"}, "lighttpd"},
		{"haproxy", []string{"haproxy", "-W", "-db", "-f", "/usr/local/etc/haproxy/haproxy.cfg"}, "haproxy"},
		{"php-fpm", []string{"php-fpm: master process (/usr/local/etc/php-fpm.conf)"}, "php-fpm"},
		{"php-fpm8.2", []string{"php-fpm: master process (/etc/php/8.2/fpm/php-fpm.conf)"}, "php-fpm"},
		{"php-fpm8.2", []string{"php-fpm8.2", "-F"}, "php-fpm"},
		{"php-fpm82", []string{"/usr/sbin/php-fpm82", "-F"}, "php-fpm"},
		{"php-fpm8.2", []string{"php-fpm: pool www"}, "php-fpm"},
		{"php", []string{"php", "-S", "0.0.0.0:80"}, ""},
		{"pgbouncer", []string{"pgbouncer", "/etc/pgbouncer/pgbouncer.ini"}, "pgbouncer"},
		{"postgres", []string{"postgres"}, "postgres"},
		{"postgres", []string{"/usr/lib/postgresql/15/bin/postgres", "-D", "/var/lib/postgresql/data"}, "postgres"},
		{"postgres", []string{"postgres: checkpointer "}, ""},
		{"postgres", []string{"postgres: app db 10.0.0.1(4711) idle"}, ""},
		{"memcached", []string{"memcached", "-m", "64"}, "memcached"},
		{"unicorn", []string{"unicorn master -l 127.0.0.1:8080 config.ru"}, "unicorn"},
		{"bundle", []string{"unicorn_rails master -c config/unicorn.rb"}, "unicorn"},
		{"unicorn", []string{"/usr/bin/ruby", "/usr/bin/unicorn", "-c", "u.rb"}, "unicorn"},
		{"ruby3.1", []string{"ruby3.1", "-W1", "-I", "lib", "-S", "unicorn"}, "unicorn"},
		{"ruby", []string{"ruby", "-Fe", "unicorn"}, "unicorn"},
		{"ruby", []string{"ruby", "-e", "unicorn"}, ""},
		{"puma", []string{"puma 5.6.5 (tcp://127.0.0.1:9292) [app]"}, "puma"},
		{"ruby", []string{"/usr/bin/ruby3.1", "/usr/bin/puma", "-p", "80"}, "puma"},
		{"uvicorn", []string{"/usr/bin/python3", "/usr/bin/uvicorn", "app:app"}, "uvicorn"},
		{"python", []string{"python", "-m", "uvicorn", "app:app"}, "uvicorn"},
		{"uvicorn", []string{"/usr/bin/python3", "/usr/bin/uvicorn", "--workers", "4", "app:app"}, "uvicorn workers"},
		{"python", []string{"python", "-m", "uvicorn", "app:app", "--workers=4"}, "uvicorn workers"},
		{"uvicorn", []string{"/usr/bin/python3", "/usr/bin/uvicorn", "--workers", "1", "app:app"}, "uvicorn"},
		{"uvicorn", []string{"/usr/bin/python3", "/usr/bin/uvicorn", "--workers=1", "app:app"}, "uvicorn"},
		{"waitress-serve", []string{"/usr/bin/python3", "/usr/bin/waitress-serve", "app:application"}, "waitress"},
		{"python3", []string{"python3", "-m", "waitress", "app:application"}, "waitress"},
		{"bundle", []string{"sidekiq 6.4.1 app [0 of 10 busy]"}, "sidekiq"},
		{"uwsgi-core", []string{"/usr/bin/uwsgi-core", "--ini", "u.ini"}, "uwsgi"},
		{"uwsgi", []string{"uwsgi", "--http", ":80"}, "uwsgi"},
		{"php-fpm82", []string{"php-fpm82", "-F"}, "php-fpm"},
		{"nginx-ingress-c", []string{"/nginx-ingress-controller", "--x"}, "ingress-nginx"},
		{"cloud-sql-proxy", []string{"/cloud-sql-proxy"}, "cloud-sql-proxy"},
		{"gosu", []string{"gosu", "nginx", "nginx"}, ""},
		{"su-exec", []string{"su-exec", "nginx", "nginx"}, ""},
		{"busybox", []string{"/bin/busybox", "ash", "-c", "nginx"}, ""},
		{"gunicorn", []string{"/usr/bin/python3", "/usr/bin/gunicorn", "-b", ":8000", "app:app"}, "gunicorn"},
		{"gunicorn: maste", []string{"gunicorn: master [app:app]"}, "gunicorn"},
		{"gunicorn: maste", nil, "gunicorn"},
		{"python3.11", []string{"/usr/local/bin/python3.11", "-m", "gunicorn", "app:app"}, "gunicorn"},
		{"python3", []string{"python3", "-um", "gunicorn.app.wsgiapp", "app:app"}, "gunicorn"},
		{"python3", []string{"python3", "-mgunicorn", "app:app"}, "gunicorn"},
		{"python3", []string{"python3", "-W", "ignore", "-Xdev", "--", "/venv/bin/gunicorn"}, "gunicorn"},
		{"python3.13t", []string{"python3.13t", "-m", "gunicorn"}, "gunicorn"},
		{"python3", []string{"python3", "-c", "print()", "gunicorn"}, ""},
		{"python3", []string{"python3", "-W", "gunicorn", "app.py"}, ""},
		{"python3", []string{"python3", "app.py", "gunicorn"}, ""},
		{"python3", []string{"python3", "-"}, ""},
		{"python3", []string{"python3", "-m"}, ""},
		{"celery", []string{"/usr/bin/python3", "/usr/local/bin/celery", "-A", "proj", "worker", "-c", "4"}, "celery"},
		{"python3", []string{"/usr/bin/python3", "-m", "celery", "-A", "proj", "worker"}, "celery"},
		{"[celeryd: celer", []string{"[celeryd: celery@vm:MainProcess] -active- (-A proj worker -c 1)"}, "celery"},
		{"[celeryd: celer", []string{"[celeryd: celery@vm:ForkPoolWorker-1]"}, ""},
		{"celery", []string{"/usr/bin/python3", "/usr/local/bin/celery", "-A", "proj", "beat"}, ""},
		{"[celery beat] -", []string{"[celery beat] -A proj beat"}, ""},
		{"caddy", []string{"caddy", "run", "--config", "/etc/caddy/Caddyfile"}, "caddy"},
		{"java", []string{"/opt/java/openjdk/bin/java", "-jar", "app.jar"}, JVM},
		{"java", nil, JVM},
		{"java", []string{"/usr/bin/java", "-classpath", "bootstrap.jar", "org.apache.catalina.startup.Bootstrap", "start"}, Tomcat},
		{"starman master ", []string{"starman master --workers 2 app.psgi"}, "starman"},
		{"redis-server", []string{"redis-server *:6379"}, "redis-server"},
		{"[TS_MAIN]", []string{"traffic_server"}, "traffic_server"},
		{"prometheus-aler", []string{"prometheus-alertmanager"}, "alertmanager"},
		{"registry", []string{"registry", "serve", "/etc/docker/registry/config.yml"}, "registry"},
		{"registry", []string{"registry", "garbage-collect", "config.yml"}, ""},
		{"nats-server", []string{"nats-server"}, "nats-server"},
		{"systemd", []string{"/usr/lib/systemd/systemd", "--user"}, ""},
		{"squid", []string{"squid", "-N"}, "squid"},
		{"app", []string{"/app"}, ""},
		{"", nil, ""},
		{"", []string{""}, ""},
		{"exe", []string{"/proc/self/exe", "nginx"}, ""},
		{"haproxy", []string{"/proc/self/exe"}, "haproxy"},
	}
	for _, test := range tests {
		got := Identify(test.comm, test.argv)
		if got.Name != test.want {
			t.Errorf("Identify(%q, %q) = %q, want %q", test.comm, test.argv, got.Name, test.want)
		}
	}
}

// Every program is found by its own name alone.
func TestIdentifyEveryRow(t *testing.T) {
	for _, r := range table {
		for _, name := range r.names {
			argv := []string{name, "worker"}
			if r.with != "" {
				argv = append(argv, r.with)
			}
			if r.Name == "uvicorn workers" {
				argv = append(argv, "--workers", "2")
			}
			if got := Identify("x", argv); got != r.Program {
				t.Errorf("Identify(%q, %q) = %+v, want %+v", "x", argv, got, r.Program)
			}
		}
	}
}

// What the environment says counts where the arguments say nothing.
func TestSpelled(t *testing.T) {
	for _, tt := range []struct {
		workers string
		argv    string
		want    string
	}{
		{"", "uvicorn app:app", "uvicorn"},
		{"1", "uvicorn app:app", "uvicorn"},
		{"4", "uvicorn app:app", "uvicorn workers"},
		{"4", "python3 -m uvicorn app:app", "uvicorn workers"},
		{"4", "uvicorn app:app --workers 1", "uvicorn"},
		{"1", "uvicorn app:app --workers=4", "uvicorn workers"},
		{"4", "puma", "puma"},
		{"4", "app", ""},
	} {
		if got := Identify("", Spelled("", strings.Fields(tt.argv), tt.workers)).Name; got != tt.want {
			t.Errorf("%s with WEB_CONCURRENCY=%s: got %q, want %q", tt.argv, tt.workers, got, tt.want)
		}
	}
}

func FuzzIdentify(f *testing.F) {
	f.Add("python3", "python3", "-m", "gunicorn")
	f.Add("nginx", "nginx: master process", "", "")
	f.Add("busybox", "busybox", "sh", "-c")
	f.Add("", "-", "--", "-")
	f.Add("node", "node", "-r", "-r")
	f.Fuzz(func(t *testing.T, comm, a, b, c string) {
		argv := []string{a, b, c}
		for n := range argv {
			Identify(comm, argv[:n])
			(&Process{Comm: comm, Argv: argv[:n]}).kind()
		}
		Identify(comm, argv)
	})
}
