# A WSGI application: /sleep/N takes N s.
import time


def application(environ, start_response):
    if environ["PATH_INFO"].startswith("/sleep/"):
        time.sleep(int(environ["PATH_INFO"][7:]))
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "3")])
    return [b"ok\n"]
