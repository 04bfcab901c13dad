"""A file that somebody sends: no more of it lies on the disk than any form reads."""

from config.uploads import CappedUploadHandler


def test_what_no_form_reads_is_not_kept_and_the_size_tells_of_it(settings):
    settings.LARGEST_FILE = 100
    handler = CappedUploadHandler()
    handler.new_file("file", "members.csv", "text/csv", None)
    for start in range(0, 1_000, 50):
        handler.receive_data_chunk(b"x" * 50, start)
    file = handler.file_complete(1_000)
    assert file.size == 1_000
    assert len(file.read()) == 150
