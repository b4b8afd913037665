# /sleep/N takes N s.
import time

import cherrypy


class Root:
    @cherrypy.expose
    def index(self):
        return "ok\n"

    @cherrypy.expose
    def sleep(self, seconds):
        time.sleep(int(seconds))
        return "ok\n"


cherrypy.quickstart(Root(), config={"global": {"server.socket_port": 8080}})
