"""An admin's browser: signed in, one connection that is kept alive, pages compressed."""

import gzip
from http.client import HTTPConnection, RemoteDisconnected

from django.conf import settings
from django.test import Client

from .slices import Broken

PIECE = 1 << 18


class Browser:
    def __init__(self, port, user):
        door = Client()
        door.force_login(user)
        session = door.cookies[settings.SESSION_COOKIE_NAME].value
        self.connection = HTTPConnection("127.0.0.1", port)
        self.headers = {
            "Accept-Encoding": "gzip",
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}",
            "X-Forwarded-Proto": "https",
        }

    def get(self, path):
        """The page as it came, compressed."""
        return self._answer(path).read()

    def text(self, path):
        return gzip.decompress(self.get(path)).decode()

    def download(self, path):
        """Read a file to its end and keep nothing of it; returns its length."""
        answer, length = self._answer(path), 0
        while piece := answer.read(PIECE):
            length += len(piece)
        return length

    def _answer(self, path):
        try:
            answer = self._asked(path)
        except RemoteDisconnected:  # idle for too long: as any browser, we connect anew
            self.connection.close()
            answer = self._asked(path)
        if answer.status != 200:
            raise Broken(f"{path} was answered with {answer.status}.")
        return answer

    def _asked(self, path):
        self.connection.request("GET", path, headers=self.headers)
        return self.connection.getresponse()
