"""/v1/openapi.json: complete, with examples, and what it says of itself is so."""

import re

import jsonschema_rs
import pytest
from django.test import Client

from config.api import CODES

from ..factories import new_key
from ..views import Place
from .calls import BASE, CALLS, operations
from .conftest import Api

SHOWING = {"examples", "enum", "const", "$ref", "properties"}
every_operation = pytest.mark.parametrize("name", CALLS)
OPERATIONS = operations()


@pytest.fixture(scope="module")
def served():
    response = Client().get("/v1/openapi.json")
    assert response["Content-Type"].startswith("application/json")
    return response.json()


def validator(served, body):
    schema = body["content"]["application/json"]["schema"]
    return jsonschema_rs.validator_for({**schema, "components": served["components"]})


def fields(schema, components):
    """Every field of `schema` and of what it refers to: (name, what is said of it)."""
    if reference := schema.get("$ref"):
        schema = components[reference.rpartition("/")[2]]
    for name, said in schema.get("properties", {}).items():
        yield name, said
        for inner in [said, said.get("items", {}), *said.get("anyOf", [])]:
            yield from fields(inner, components)


def is_shown(said):
    """Whether a reader sees what may stand there."""
    if said.get("type") in {"boolean", "null"} or SHOWING & said.keys():
        return True
    parts = said.get("anyOf") or [said.get("items", {})]
    return any(parts) and all(map(is_shown, parts))


def test_it_is_valid_and_needs_no_key(db, served):
    assert served["openapi"].startswith("3.1")
    assert served["components"]["securitySchemes"]["Key"] == {"type": "http", "scheme": "bearer"}
    assert all(path.startswith(BASE) for path in served["paths"])
    for schema in served["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)


@every_operation
def test_an_operation_is_described(name):
    _method, path, said = OPERATIONS[name]
    assert said["description"].endswith(".")
    assert said["tags"]
    assert said["security"] == [{"Key": []}]
    named = [each["name"] for each in said["parameters"] if each["in"] == "path"]
    assert named == re.findall(r"{(\w+)}", path)
    for each in said["parameters"]:
        assert re.fullmatch(r"[a-z]+(_id)?([A-Z][a-z]+)*|billing_group_id", each["name"])
        assert each["in"] != "path" or each["schema"]["examples"]


@every_operation
def test_an_operation_tells_of_every_status(name):
    said = OPERATIONS[name][2]
    statuses = {int(status) for status in said["responses"]}
    expected = {200, 400, 401, 403, 404, 429, 500}
    if CALLS[name].scope == "write":
        expected |= {409, 413}
    if CALLS[name].scope == "usage":
        expected |= {413}
    assert statuses == expected
    assert statuses - {200} <= CODES.keys()
    for status, answer in said["responses"].items():
        assert "X-Request-Id" in answer["headers"]
        assert ("Retry-After" in answer["headers"]) == (int(status) == 429)


@every_operation
def test_what_is_sent_and_answered_has_examples(served, name):
    said = OPERATIONS[name][2]
    bodies = [answer["content"] for answer in said["responses"].values()]
    if "requestBody" in said:
        bodies.append(said["requestBody"]["content"])
    components = served["components"]["schemas"]
    for content in bodies:
        for field, told in fields(content["application/json"]["schema"], components):
            assert re.fullmatch("[a-z]+([A-Z][a-z]+)*", field)
            assert is_shown(told), (field, told)


@every_operation
def test_the_schema_says_whether_there_is_a_body(name):
    said = OPERATIONS[name][2]
    assert ("requestBody" in said) == (CALLS[name].sends is not None)


def test_what_works_fits_the_schema(db, served):
    for name, call in CALLS.items():
        place, said = Place(), OPERATIONS[name][2]
        body = call.body(place)
        if body is not None:
            sent = validator(served, said["requestBody"])
            sent.validate(body)
            assert not sent.is_valid({**body, "receivedAt": "2026-01-01T00:00:00Z"})
        api = Api(place.organization, new_key(place.admin).secret)
        response = api.send(call.method, call.at(place), body)
        validator(served, said["responses"][200]).validate(response.json())
