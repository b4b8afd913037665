package main

import "time"

var pythons = []program{
	{name: "gunicorn", packages: "gunicorn", command: words("gunicorn --workers 2 --bind :8080 --chdir /stops app:application"), client: onPort(8080), settle: time.Second},
	{name: "gunicorn", shape: "gthread", packages: "gunicorn", command: words("gunicorn --workers 2 --threads 4 --bind :8080 --chdir /stops app:application"), client: onPort(8080), settle: time.Second},
	{name: "gunicorn", shape: "GUNICORN_CMD_ARGS", packages: "gunicorn", command: words("gunicorn --bind :8080 --chdir /stops app:application"), env: []string{"GUNICORN_CMD_ARGS=--workers=2 --worker-class=gthread"}, client: onPort(8080), settle: time.Second},
	{name: "gunicorn", shape: "uvicorn workers", packages: "gunicorn uvicorn", command: words("gunicorn --workers 2 -k uvicorn.workers.UvicornWorker --bind :8080 --chdir /stops asgi:app"), client: onPort(8080), settle: time.Second},
	{name: "gunicorn", shape: "--graceful-timeout", packages: "gunicorn", command: words("gunicorn --workers 2 --graceful-timeout 5 --bind :8080 --chdir /stops app:application"), client: onPort(8080), settle: time.Second},
	{name: "uvicorn", packages: "uvicorn", command: words("uvicorn --app-dir /stops --port 8080 asgi:app"), client: onPort(8080), also: "TERM,TERM INT,INT"},
	{name: "uvicorn", shape: "--workers", packages: "uvicorn", command: words("uvicorn --workers 2 --app-dir /stops --port 8080 asgi:app"), client: onPort(8080), settle: time.Second, also: "TERM,TERM INT,INT"},
	{name: "uvicorn", shape: "--timeout-graceful-shutdown", packages: "uvicorn", command: words("uvicorn --workers 2 --timeout-graceful-shutdown 5 --app-dir /stops --port 8080 asgi:app"), client: onPort(8080), settle: time.Second, suites: []string{"trixie", "sid"}},
	{name: "uvicorn", shape: "WEB_CONCURRENCY", packages: "uvicorn", command: words("uvicorn --app-dir /stops --port 8080 asgi:app"), env: []string{"WEB_CONCURRENCY=2"}, client: onPort(8080), settle: time.Second},
	{name: "hypercorn", packages: "python3-hypercorn", command: words("python3 -m hypercorn --bind 0.0.0.0:8080 asgi:app"), env: []string{"PYTHONPATH=/stops"}, client: onPort(8080), settle: time.Second, also: "TERM,TERM"},
	{name: "hypercorn", shape: "--graceful-timeout", packages: "python3-hypercorn", command: words("python3 -m hypercorn --graceful-timeout 6 --bind 0.0.0.0:8080 asgi:app"), env: []string{"PYTHONPATH=/stops"}, client: onPort(8080), settle: time.Second},
	{name: "daphne", packages: "daphne", command: words("daphne -b 0.0.0.0 -p 8080 asgi:application"), env: []string{"PYTHONPATH=/stops"}, client: onPort(8080)},
	{name: "waitress", packages: "python3-waitress", command: words("waitress-serve --port=8080 app:application"), env: []string{"PYTHONPATH=/stops"}, client: onPort(8080)},
	{name: "waitress", shape: "python3 -m", packages: "python3-waitress", command: words("python3 -m waitress --port=8080 app:application"), env: []string{"PYTHONPATH=/stops"}, client: onPort(8080)},
	{name: "uwsgi", packages: "uwsgi-core uwsgi-plugin-python3", command: words("uwsgi --plugin python3 --http-socket :8080 --master --processes 2 --wsgi-file /stops/app.py"), client: onPort(8080), settle: time.Second},
	{name: "uwsgi", shape: "die-on-term", packages: "uwsgi-core uwsgi-plugin-python3", command: words("uwsgi --plugin python3 --http-socket :8080 --master --processes 2 --wsgi-file /stops/app.py --die-on-term"), client: onPort(8080), settle: time.Second},
	{name: "uwsgi", shape: "hook", packages: "uwsgi-core uwsgi-plugin-python3", command: append(words("uwsgi --plugin python3 --http-socket :8080 --master --processes 2 --wsgi-file /stops/app.py --hook-master-start"), "unix_signal:15 gracefully_kill_them_all"), client: onPort(8080), settle: time.Second},
	{name: "uwsgi", shape: "hook, worker-reload-mercy", packages: "uwsgi-core uwsgi-plugin-python3", command: append(words("uwsgi --plugin python3 --http-socket :8080 --master --processes 2 --wsgi-file /stops/app.py --worker-reload-mercy 5 --hook-master-start"), "unix_signal:15 gracefully_kill_them_all"), client: onPort(8080), settle: time.Second},
	{name: "uwsgi", shape: "hook, harakiri", packages: "uwsgi-core uwsgi-plugin-python3", command: append(words("uwsgi --plugin python3 --http-socket :8080 --master --processes 2 --wsgi-file /stops/app.py --harakiri 6 --hook-master-start"), "unix_signal:15 gracefully_kill_them_all"), client: onPort(8080), settle: time.Second},
	{name: "aiohttp", packages: "python3-aiohttp", command: words("python3 /stops/aiohttp_app.py"), client: onPort(8080)},
	{name: "tornado", packages: "python3-tornado", command: words("python3 /stops/tornado_app.py"), client: onPort(8080)},
	{name: "twistd", packages: "python3-twisted", command: words("twistd3 -n web --listen tcp:8080 --wsgi app.application"), env: []string{"PYTHONPATH=/stops"}, client: onPort(8080)},
	{name: "cherrypy", packages: "python3-cherrypy3", command: words("python3 /stops/cherrypy_app.py"), client: onPort(8080)},
	{name: "django", shape: "runserver", packages: "python3-django", command: words("python3 /stops/django_app.py runserver 8080"), client: onPort(8080)},
	{name: "gevent", packages: "python3-gevent", command: words("python3 /stops/gevent_app.py"), client: onPort(8080)},
	{name: "flask", packages: "python3-flask", command: words("python3 -m flask --app flask_app run --port 8080"), env: []string{"PYTHONPATH=/stops"}, client: onPort(8080)},
	{name: "http.server", packages: "python3", command: words("python3 /stops/server.py"), client: onPort(8080)},
	{name: "cheroot", packages: "python3-cheroot", command: words("python3 -m cheroot --bind 127.0.0.1:8080 app:application"), env: []string{"PYTHONPATH=/stops"}, client: onPort(8080)},
}
