"""What the lines of the log say."""

import re

LINK = re.compile(
    r"((?:invitations|reset(?:/|%2F)key|confirm-email)(?:/|%2F))[\w:.%-]{16,}", re.IGNORECASE
)


def add_request_id(logger, method, said):
    """To a line that Django logs of a request after its answer: the id it had."""
    request = getattr(said.get("_record"), "request", None)
    if request_id := getattr(request, "id", None):
        said.setdefault("request_id", request_id)
    return said


def hide_secrets(logger, method, line):
    """A whole line without the secrets that addresses hold: the links of our emails."""
    return LINK.sub(r"\1***", line)
