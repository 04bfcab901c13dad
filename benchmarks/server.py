"""The server as in production: its own process, plain HTTP behind what would be a proxy."""

import contextlib
import functools
import os
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
FORGET_THE_PEAK = "5"  # see proc(5), clear_refs
NO_THROTTLE = {"API_REQUESTS_PER_MINUTE": "1000000000", "API_REQUESTS_AT_ONCE": "1000000000"}


class Server:
    """Its port, and the memory of its processes."""

    def __init__(self, process, port):
        self.process, self.port = process, port

    @contextlib.contextmanager
    def watched(self):
        """Gives a function that says by how many MB the memory grew at most since."""
        for process in self._processes:
            (process / "clear_refs").write_text(FORGET_THE_PEAK)
        before = self._memory("VmRSS")
        yield lambda: (self._memory("VmHWM") - before) / 1024

    @property
    def _processes(self):
        main = Path("/proc", str(self.process.pid))
        workers = (main / "task" / main.name / "children").read_text().split()
        return [main, *(Path("/proc", worker) for worker in workers)]

    def _memory(self, name):
        """In kB, of all its processes."""
        said = (process.joinpath("status").read_text() for process in self._processes)
        return sum(int(text.partition(f"{name}:")[2].split()[0]) for text in said)


@contextlib.contextmanager
def serving(patience=30):
    """Run granian as the README says and give the Server."""
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
        yield Server(server, port)
    finally:
        server.terminate()
        server.wait()


def production():
    ours = {name: value for name, value in os.environ.items() if name not in {"DEMO", "DEBUG"}}
    return ours | NO_THROTTLE | {"BEHIND_PROXY": "1"}


def wait_for(server, port, give_up):
    while server.poll() is None and time.monotonic() < give_up:
        with contextlib.suppress(ConnectionRefusedError):
            return socket.create_connection(("127.0.0.1", port)).close()
        time.sleep(0.05)
    raise Broken("The server did not start.")
