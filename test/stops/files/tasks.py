# Tasks that take as long as they are told.
import time

from celery import Celery

app = Celery("tasks", broker="redis://127.0.0.1:6379/0", backend="redis://127.0.0.1:6379/1")


@app.task
def work(seconds):
    time.sleep(seconds)
    return "ok"
