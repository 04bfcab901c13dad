import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config.uploads import with_length

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def rest_all_code():
    """Load what is still to be loaded, and have the collector of garbage leave it alone.

    It is never garbage, and to look through it took 80 ms of some answer every now and then. To
    look after each 700 objects that an answer makes took a twentieth of its time.
    """
    import_module(settings.ROOT_URLCONF)  # the views with their forms and tables
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


application = with_length(get_wsgi_application())
rest_all_code()
