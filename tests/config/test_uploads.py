"""What somebody sends: no more of it is read or lies on the disk than is asked for."""

from io import BytesIO

import pytest

from config.uploads import CappedUploadHandler, with_length


def test_what_no_form_reads_is_not_kept_and_the_size_tells_of_it(settings):
    settings.LARGEST_FILE = 100
    handler = CappedUploadHandler()
    handler.new_file("file", "members.csv", "text/csv", None)
    for start in range(0, 1_000, 50):
        handler.receive_data_chunk(b"x" * 50, start)
    file = handler.file_complete(1_000)
    assert file.size == 1_000
    assert len(file.read()) == 150


@pytest.mark.parametrize(("path", "length"), [("/v1/members", "5"), ("/sign-in/", None)])
def test_a_body_in_chunks_is_read_by_the_api_alone(path, length):
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": BytesIO(b"hello")}
    given = with_length(lambda environ, start_response: environ)(
        {"PATH_INFO": path} | chunked, None
    )
    assert given.get("CONTENT_LENGTH") == length
    assert given["wsgi.input"].read() == b"hello"
