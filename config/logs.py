"""What the lines of the log say."""


def add_request_id(logger, method, said):
    """To a line that Django logs of a request after its answer: the id it had."""
    request = getattr(said.get("_record"), "request", None)
    if request_id := getattr(request, "id", None):
        said.setdefault("request_id", request_id)
    return said
