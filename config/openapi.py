"""The schema of the HTTP API: what all operations have in common is said of each in one place."""

from functools import cached_property

from ninja import NinjaAPI
from pydantic.alias_generators import to_camel

PATH = {
    "organization_id": ("The organization of the API key.", "1"),
    "member_id": ("The `id` of a member.", "4711"),
    "group_id": ("The `id` of a group.", "12"),
    "billing_group_id": ("The `id` of a billing group.", "unassigned"),
}
REQUEST_ID = {
    "X-Request-Id": {
        "description": "The id under which the logs know the request.",
        "required": True,
        "schema": {"type": "string"},
    }
}
RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds to wait.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    }
}


class OpenApi(NinjaAPI):
    """Names operations by what they do, and says which headers and ids all of them have."""

    @cached_property
    def read(self):
        """What operations read, by method and route: the names of a query, and whether a body."""
        return {
            (method.upper(), _route(path)): (
                {each["name"] for each in operation["parameters"] if each["in"] == "query"},
                "requestBody" in operation,
            )
            for path, operations in self.get_openapi_schema()["paths"].items()
            for method, operation in operations.items()
            if method != "parameters"
        }

    def get_openapi_operation_id(self, operation):
        return to_camel(operation.view_func.__name__)

    def get_openapi_schema(self, **options):
        schema = super().get_openapi_schema(**options)
        for path in schema["paths"].values():
            for operation in path.values():
                _describe(operation)
            path["parameters"] = [_in_path("organization_id")]
        return schema


def _describe(operation):
    ids = [each["name"] for each in operation["parameters"] if each["in"] == "path"]
    asked = [each for each in operation["parameters"] if each["in"] != "path"]
    operation["parameters"] = [*map(_in_path, ids), *asked]
    operation["responses"] = dict(sorted(operation["responses"].items()))
    for status, answer in operation["responses"].items():
        answer["headers"] = REQUEST_ID | (RETRY_AFTER if status == 429 else {})


def _route(path):
    """The address of the schema as Django's resolver writes it."""
    return path.removeprefix("/").replace("{", "<").replace("}", ">")


def _in_path(name):
    description, example = PATH[name]
    schema = {"type": "string", "examples": [example]}
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": schema,
    }
