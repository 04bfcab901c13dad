"""The real server, on the database of the tests or on another one."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).parents[2]
GRANIAN = Path(sys.executable).with_name("granian")
OPTIONS = ["--interface=wsgi", "--workers=1", "--blocking-threads=2", "--log-level=error"]


@contextlib.contextmanager
def serving(database=None, patience=60):
    """Run the server; gives the address at which it answers."""
    port = free_port()
    where = ["--host=127.0.0.1", f"--port={port}"]
    command = [GRANIAN, "config.wsgi:application", *OPTIONS, *where]
    server = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "DATABASE_URL": database or of_tests()}
    )
    try:
        wait_until_ready(server, port, patience)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(patience)


def of_tests():
    """The address of the database that Django made for the tests."""
    return os.environ["DATABASE_URL"].rpartition("/")[0] + "/" + connection.settings_dict["NAME"]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def wait_until_ready(server, port, patience):
    give_up = time.monotonic() + patience
    while server.poll() is None and time.monotonic() < give_up:
        with (
            contextlib.suppress(OSError),
            contextlib.closing(HTTPConnection("127.0.0.1", port)) as ask,
        ):
            ask.request("GET", "/v1/openapi.json")
            return ask.getresponse().read()
        time.sleep(0.05)
    raise AssertionError(f"The server did not start: {server.poll()}")
