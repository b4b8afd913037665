# Has a task done, and ends with 0 when its answer came.
import sys

sys.path.insert(0, "/stops")
from tasks import work

seconds = int(sys.argv[1])
sys.exit(work.delay(seconds).get(timeout=seconds + 4) != "ok")
