"""The server as in production: its own process, plain HTTP behind what would be a proxy."""

import contextlib
import functools
import os
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path
from signal import SIGTERM

from config.postgres import bind_to_parent

from .slices import Broken

GRANIAN = Path(sys.executable).with_name("granian")
ROOT = Path(__file__).parents[1]
NO_THROTTLE = {"API_REQUESTS_PER_MINUTE": "1000000000", "API_REQUESTS_AT_ONCE": "1000000000"}


@contextlib.contextmanager
def serving(patience=30):
    """Run granian as the README says and give its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--interface", "wsgi", "--blocking-threads", "16", "--port", str(port)]
    server = subprocess.Popen(
        [GRANIAN, *options, "--log-level", "error", "config.wsgi:application"],
        cwd=ROOT,
        env=production(),
        preexec_fn=functools.partial(bind_to_parent, SIGTERM),
    )
    try:
        wait_for(server, port, time.monotonic() + patience)
        yield port
    finally:
        server.terminate()
        server.wait()


def production():
    ours = {name: value for name, value in os.environ.items() if name not in {"DEMO", "DEBUG"}}
    return ours | NO_THROTTLE | {"SECRET_KEY": secrets.token_hex(64), "BEHIND_PROXY": "1"}


def wait_for(server, port, give_up):
    while server.poll() is None and time.monotonic() < give_up:
        with contextlib.suppress(ConnectionRefusedError):
            return socket.create_connection(("127.0.0.1", port)).close()
        time.sleep(0.05)
    raise Broken("The server did not start.")
