"""Files that a page lets people keep."""

from django.http import FileResponse

CHUNK = 64 * 1024


def csv_download(file, name):
    return download(file, name, "text/csv; charset=utf-8")


def json_download(file, name):
    return download(file, name, "application/json")


def download(file, name, content_type):
    """A file that goes compressed to whoever can read that, else with its length said first.

    Either way a download that breaks off shows as broken: its length, or its last chunk, is missed.
    """
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    response.block_size = CHUNK
    return response
