# /sleep/N takes N s.
import time

from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    return "ok\n"


@app.get("/sleep/<int:seconds>")
def sleep(seconds):
    time.sleep(seconds)
    return "ok\n"
