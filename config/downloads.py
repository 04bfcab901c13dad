"""Files that a page lets people keep."""

from django.http import FileResponse

CHUNK = 64 * 1024


def csv_download(file, name):
    return download(file, name, "text/csv; charset=utf-8")


def json_download(file, name):
    return download(file, name, "application/json")


def download(file, name, content_type):
    """A file whose length is said first, so that a broken download shows as broken."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    response.block_size = CHUNK
    return response
