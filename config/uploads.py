"""How much of a file that somebody sends is kept until a form has judged it."""

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class CappedUploadHandler(TemporaryFileUploadHandler):
    """Keeps no more of a file than any form reads; its size tells the form of the rest."""

    def receive_data_chunk(self, raw_data, start):
        if start <= settings.LARGEST_FILE:
            super().receive_data_chunk(raw_data, start)
