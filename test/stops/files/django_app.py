# A Django project in one file: /sleep/N takes N s.
import sys
import time

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpResponse
from django.urls import path

settings.configure(DEBUG=True, SECRET_KEY="test", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])


def answer(request, seconds=0):
    time.sleep(seconds)
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [path("", answer), path("sleep/<int:seconds>", answer)]
if __name__ == "__main__":
    execute_from_command_line(sys.argv)
