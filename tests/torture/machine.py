"""The real server before a durable PostgreSQL of its own, both of which can be killed."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from urllib.parse import quote

import psycopg

from config import postgres

DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
PATIENCE = 30


class Machine:
    """A cluster and a web server; `kill_database` and `kill_server` are kill -9 and a restart."""

    def __init__(self, threads=4):
        self.threads = threads
        self.binaries, self.home, self.held = postgres.claim(None)
        where = quote(str(self.home / "socket"), safe="")
        self.url = f"postgresql://postgres@{where}:5432/{postgres.DATABASE}"
        self.port = free_port()
        self.environment = {**os.environ, "DEMO": "1", "DATABASE_URL": self.url}
        self.database = self.server = None

    def __enter__(self):
        with contextlib.ExitStack() as undo:
            undo.callback(self.stop)
            self.start_database()
            self.manage("migrate", "--verbosity", "0")
            self.manage("collectstatic", "--noinput", "--verbosity", "0")
            self.start_server()
            undo.pop_all()
        return self

    def __exit__(self, *_error):
        self.stop()

    def stop(self):
        for process in filter(None, (self.server, self.database)):
            kill(process)
        shutil.rmtree(self.home)
        os.close(self.held)

    def start_database(self):
        self.database = postgres.launch(self.binaries, self.home, self.held, postgres.SETTINGS)
        postgres.wait_until_ready(self.database, self.home)

    def start_server(self):
        command = [sys.executable, "-m", "granian", "config.wsgi:application"]
        options = "--interface wsgi --host 127.0.0.1 --workers 1 --log-level error"
        numbers = ["--blocking-threads", str(self.threads), "--port", str(self.port)]
        self.server = subprocess.Popen(
            [*command, *options.split(), *numbers], env=self.environment, start_new_session=True
        )
        wait_for(self.port)

    def kill_database(self):
        kill(self.database)
        self.start_database()

    def kill_server(self):
        kill(self.server)
        self.start_server()

    def manage(self, *arguments):
        """Run manage.py before this database and return what it says."""
        return self.run("manage.py", *arguments)

    def run(self, *arguments):
        done = subprocess.run(
            [sys.executable, *arguments], env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, sql, *parameters):
        with psycopg.connect(self.url) as connection:
            return connection.execute(sql, parameters).fetchall()


def kill(process):
    """-9 to the process and all that it began."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def wait_for(port):
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise TimeoutError("The server did not start.")


class Gateway:
    """A client that reports over HTTP and sends the same again until it is answered with 200."""

    timeout = 10  # seconds

    def __init__(self, port, organization, secret):
        self.port = port
        self.path = f"/v1/organizations/{organization}/usage-records"
        self.headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        self.connection = None
        self.failures = 0

    def report(self, records):
        """The results of `records`, once they are acknowledged."""
        body = json.dumps({"records": records})
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, answer = self.send(body)
                if status == 200:
                    return json.loads(answer)["results"]
            self.failures += 1
            self.close()
            time.sleep(0.02)
        raise TimeoutError("Nothing was acknowledged for too long.")

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def send(self, body):
        if self.connection is None:
            self.connection = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=self.timeout
            )
        self.connection.request("POST", self.path, body, self.headers)
        response = self.connection.getresponse()
        return response.status, response.read()
