"""A file that cannot be read as one of members is refused before any line of it is judged."""

import pytest
from django.test import override_settings

from ...pages import url, words


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "The submitted file is empty."),
        (b"Name\nAda", "The first line must name the columns; Email is missing."),
        (b"\x89PNG\r\n\x1a\n\0\0", "The first line must name the columns."),
        (b"PK\x03\x04 a workbook", "The first line must name the columns"),
    ],
)
def test_a_file_that_is_no_csv_of_members_is_an_error(send, organization, content, why):
    response = send(content)
    assert response.status_code == 422
    assert why in words(response)
    assert not organization.member_imports.exists()


def test_no_file_is_an_error(console, organization):
    response = console.post(url("members:import", organization))
    assert response.status_code == 422
    assert "This field is required." in words(response)


@pytest.mark.parametrize("in_memory", [100, 5_000_000])
def test_a_file_that_is_too_large_is_an_error(send, organization, in_memory):
    with override_settings(LARGEST_FILE=2**20, FILE_UPLOAD_MAX_MEMORY_SIZE=in_memory):
        assert send("Email\n" + "x" * 2**20).status_code == 422
        response = send("Email\n" + "x" * (3 * 2**20))
        assert send("Email\n".ljust(2**20)).status_code == 302
    assert "The file is larger than 1 MiB. Split it." in words(response)


def test_a_file_with_too_many_lines_is_an_error(send):
    response = send("Email\n" + "a@x.test\n" * 100_001)
    assert response.status_code == 422
    assert "The file has more than 100,000 lines. Split it." in words(response)
