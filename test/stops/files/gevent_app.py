# /sleep/N takes N s.
import gevent
from gevent.pywsgi import WSGIServer


def application(environ, start_response):
    if environ["PATH_INFO"].startswith("/sleep/"):
        gevent.sleep(int(environ["PATH_INFO"][7:]))
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "3")])
    return [b"ok\n"]


WSGIServer(("", 8080), application, log=None).serve_forever()
