"""Files that a page lets people keep."""

from gzip import GzipFile

from django.http import FileResponse
from django.middleware.gzip import re_accepts_gzip
from django.utils.cache import patch_vary_headers

CHUNK = 64 * 1024


class Unpacked(GzipFile):
    """What a packed file holds; closed with it."""

    def __init__(self, packed):
        super().__init__(fileobj=packed, mode="rb")
        self.packed = packed

    def close(self):
        super().close()
        self.packed.close()


def csv_download(request, file, name):
    return download(request, file, name, "text/csv; charset=utf-8")


def json_download(request, file, name):
    return download(request, file, name, "application/json")


def download(request, file, name, content_type):
    """A packed file: as it is for whoever can read that, else unpacked.

    Its length is said first: a download that breaks off shows as broken.
    """
    is_read = re_accepts_gzip.search(request.headers.get("Accept-Encoding", ""))
    file = file if is_read else Unpacked(file)
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    response.block_size = CHUNK
    if is_read:
        response["Content-Encoding"] = "gzip"
        patch_vary_headers(response, ["Accept-Encoding"])
    return response
