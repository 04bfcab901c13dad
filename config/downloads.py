"""Files that a page lets people keep."""

from django.http import FileResponse

CHUNK = 64 * 1024


def csv_download(file, name):
    """The CSV as a download whose length is said first, so that a broken one shows as broken."""
    response = FileResponse(
        file, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8"
    )
    response.block_size = CHUNK
    return response
