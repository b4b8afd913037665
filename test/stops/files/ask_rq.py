# Has a job done, and ends with 0 when it was.
import sys
import time

import redis
from rq import Queue

sys.path.insert(0, "/stops")
seconds = int(sys.argv[1])
job = Queue(connection=redis.Redis()).enqueue(time.sleep, seconds)
end = time.time() + seconds + 4
while not job.is_finished and not job.is_failed and time.time() < end:
    time.sleep(0.05)
    job.refresh()
sys.exit(not job.is_finished)
