"""The HTTP API as a client has it."""

import json
from decimal import Decimal

import pytest
from django.test import Client

from ..factories import new_key


class Api:
    """A program with a key; what it gets is decoded with exact numbers."""

    def __init__(self, organization, secret):
        self.base = f"/v1/organizations/{organization.pk}"
        self.headers = {"authorization": f"Bearer {secret}"} if secret else {}
        self.client = Client(raise_request_exception=False)

    def send(self, method, path, body=None, **asked):
        data = body if isinstance(body, bytes) else json.dumps(body, default=exact)
        options = {"headers": self.headers, "query_params": asked}
        if body is not None:
            options |= {"data": data, "content_type": "application/json"}
        response = self.client.generic(method, self.base + path, **options)
        if response.headers.get("Content-Type", "").startswith("application/json"):
            response.body = json.loads(response.content, parse_float=Decimal)
        return response

    def get(self, path, **asked):
        return self.send("GET", path, **asked)

    def post(self, path, body):
        return self.send("POST", path, body)

    def put(self, path, body):
        return self.send("PUT", path, body)

    def patch(self, path, body):
        return self.send("PATCH", path, body)

    def delete(self, path, body=None, **asked):
        return self.send("DELETE", path, body, **asked)


def exact(value):
    raise TypeError(f"{value!r} is not JSON")


@pytest.fixture
def key(admin):
    return new_key(admin)


@pytest.fixture
def api(organization, key):
    return Api(organization, key.secret)
