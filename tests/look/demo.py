"""The demo on a cluster and a server of its own, thrown away afterwards; an admin is signed in."""

import contextlib
import os
import subprocess
import sys

import requests

from config.postgres import running
from tests.contract.server import serving

ADMIN = {"login": "admin@acme.example", "password": "demo"}
PREPARE = ("migrate --verbosity 0", "collectstatic --noinput --verbosity 0", "load_demo")


@contextlib.contextmanager
def demo():
    """Gives the address of the demo and the cookie of an admin's session: (name, value)."""
    with running(thrown_away=[]) as database:
        os.environ |= {"DEMO": "1", "DATABASE_URL": database}
        for command in PREPARE:
            subprocess.run([sys.executable, "manage.py", *command.split()], check=True)
        with serving(database) as address:
            yield address, session_of_admin(address)


def session_of_admin(address):
    with requests.Session() as browser:
        page = f"{address}/accounts/login/"
        browser.get(page).raise_for_status()
        token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        browser.post(page, ADMIN | token, headers={"Referer": page}).raise_for_status()
        return "sessionid", browser.cookies["sessionid"]
