"""How much is read and kept of what somebody sends."""

from io import BytesIO

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class CappedUploadHandler(TemporaryFileUploadHandler):
    """Keeps no more of a file than any form reads; its size tells the form of the rest."""

    def receive_data_chunk(self, raw_data, start):
        if start <= settings.LARGEST_FILE:
            super().receive_data_chunk(raw_data, start)


def with_length(application):
    """Django reads as much of a body as its length says: to the API one may come in chunks.

    Of what is too long a byte more than allowed is read: enough to be refused.
    """

    def answer(environ, start_response):
        is_in_chunks = "HTTP_TRANSFER_ENCODING" in environ and "CONTENT_LENGTH" not in environ
        if is_in_chunks and environ["PATH_INFO"].startswith("/v1/"):
            body = read(environ["wsgi.input"], settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
            environ |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body)}
        return application(environ, start_response)

    return answer


def read(stream, most):
    body = bytearray()
    while len(body) < most and (more := stream.read(most - len(body))):
        body += more
    return bytes(body)
