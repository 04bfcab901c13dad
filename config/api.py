"""The HTTP API: envelope, numbers, keys. Its routers are the apps' api.py, see config.urls."""

import math
from decimal import Decimal
from functools import wraps

import msgspec
import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from ninja.security import HttpBearer

from audit.models import AuditEntry
from audit.operations import Actor, Refused, record
from members.keys import working_key
from members.models import ApiKey

from .openapi import OpenApi
from .schemas import Error
from .throttle import Throttle

log = structlog.get_logger()
decode = msgspec.json.Decoder(float_hook=Decimal).decode
encode = msgspec.json.Encoder(decimal_format="number").encode

CODES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    413: "ContentTooLarge",
    429: "TooManyRequests",
    500: "InternalError",
}
JSON = "application/json"


class ApiError(Exception):
    """An answer other than success; `details` name the fields or rules that it is about."""

    def __init__(self, status, message, *details, code="", headers=None):
        self.status, self.message, self.details = status, message, details
        self.code = code or CODES[status]
        self.headers = headers or {}
        super().__init__(message)


class ExactParser(Parser):
    """Reads numbers with decimals as Decimal: no Credits pass through a float."""

    def parse_body(self, request):
        return body_of(request)


class ExactRenderer(BaseRenderer):
    media_type = JSON

    def render(self, request, data, *, response_status):
        return encode(data)


def body_of(request):
    """The JSON that was sent. Raises ApiError 400 where it is none."""
    try:
        return decode(request.body)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise ApiError(400, _("The body is no JSON that can be read."), str(error)) from None


class Key(HttpBearer):
    """Lets working keys of the organization in that have the `scope`.

    The request gets the key as `auth`, its `organization` and its `actor`. 404 for the
    organization of another key; a missing scope leaves an audit entry.
    """

    def __init__(self, scope):
        self.scope = scope
        super().__init__()

    def authenticate(self, request, token):
        key = working_key(token)
        if key is None:
            return None
        if wait := throttle.wait(key.pk):
            after = {"Retry-After": str(math.ceil(wait))}
            raise ApiError(429, _("Too many requests with this key."), headers=after)
        if request.resolver_match.kwargs["organization_id"] != str(key.organization_id):
            raise Http404
        request.organization = key.organization
        address = request.META.get("REMOTE_ADDR") or None
        request.actor = Actor(AuditEntry.ActorKind.KEY, str(key.pk), address, request.id)
        if self.scope not in key.scopes:
            attempt = {"method": request.method, "path": request.path, "scope": self.scope}
            refused = AuditEntry.Outcome.REFUSED
            record(request.actor, "UseApi", key.organization, attempt, refused)
            raise ApiError(403, _("This API key lacks the scope %s.") % self.scope)
        require_known(request)
        return key


def require_known(request):
    """Raise ApiError 400 where something is sent that the operation would not read.

    A `periodEnd` in the wrong place guards nothing: whoever sent it must learn that.
    """
    names, reads_body = api.read[request.method, request.resolver_match.route]
    if unknown := request.GET.keys() - names:
        raise ApiError(400, _("Nobody knows what this asks for."), *sorted(unknown))
    if request.body and not reads_body:
        raise ApiError(400, _("This operation reads no body."))


READ, WRITE, USAGE = (Key(scope) for scope in ApiKey.Scope.values)
throttle = Throttle(settings.API_REQUESTS_PER_MINUTE, settings.API_REQUESTS_AT_ONCE)


def answers(schema, *also):
    """What an operation may answer: `schema`, or an Error; `also`: statuses beyond the usual."""
    return {200: schema, frozenset({400, 401, 403, 404, 429, 500, *also}): Error}


WRITES = (409, 413)


class Api(OpenApi):
    """Answers in the envelope also where no operation is asked for."""

    def get_content_type(self):
        return JSON

    def _get_urls(self):
        addresses = super()._get_urls()
        for address in addresses:
            address.callback = in_envelope(address.callback)
        return addresses


def in_envelope(view):
    """`view`, saying a method or an address that it does not know as everything else."""

    @csrf_exempt
    @wraps(view)
    def answer(request, **ids):
        try:
            response = view(request, **ids)
        except Http404:
            return nowhere(request)
        if response.status_code != 405:
            return response
        allowed = {"Allow": response["Allow"]}
        return envelope(request, ApiError(405, _("Not a method of this address."), headers=allowed))

    return answer


api = Api(
    title="Member Management",
    version="1",
    description=(
        "Members, groups, billing groups and usage of an organization. Times are RFC 3339 in UTC, "
        "Credits are exact numbers with at most 4 decimals, lists are read page by page with "
        "`nextToken`. Every write may be sent again."
    ),
    urls_namespace="api",
    docs_url="/docs",
    parser=ExactParser(),
    renderer=ExactRenderer(),
)


def envelope(request, error):
    """The answer that says `error`, an ApiError."""
    body = {"requestId": request.id, "code": error.code, "message": str(error.message)}
    if error.details:
        body["details"] = [str(each) for each in error.details]
    return HttpResponse(encode(body), JSON, error.status, headers=error.headers)


@api.exception_handler(ApiError)
def _said(request, error):
    return envelope(request, error)


@api.exception_handler(ValidationError)
def _mismatch(request, error):
    details = [f"{_field(each['loc'])}: {each['msg']}" for each in error.errors]
    return envelope(request, ApiError(400, _("The request does not fit the schema."), *details))


def _field(location):
    """The field as it was sent, such as `userIds.0`, without the place where it stood."""
    places = [str(place) for place in location[1:]]
    if location[0] == "body":
        places = places[1:]
    return ".".join(places) or str(location[0])


@api.exception_handler(Refused)
def _refused(request, refusal):
    code = "AlreadyExists" if refusal.is_already_there else "Conflict"
    return envelope(request, ApiError(409, refusal.message, refusal.code, code=code))


@api.exception_handler(AuthenticationError)
def _unauthorized(request, error):
    asks = {"WWW-Authenticate": "Bearer"}
    return envelope(request, ApiError(401, _("Send a valid API key."), headers=asks))


@api.exception_handler(Http404)
def _not_found(request, error):
    return envelope(request, ApiError(404, _("There is no such thing here.")))


@api.exception_handler(PermissionDenied)
def _forbidden(request, error):
    return envelope(request, ApiError(403, _("This API key may not do that.")))


@api.exception_handler(SuspiciousOperation)
def _bad_request(request, error):
    return envelope(request, ApiError(400, _("The request cannot be read.")))


@api.exception_handler(RequestDataTooBig)
def _too_long(request, error):
    return envelope(request, ApiError(413, _("The body is too long.")))


@api.exception_handler(HttpError)
def _http_error(request, error):
    if isinstance(error.__cause__, ApiError):  # what ninja made of our parser's
        return envelope(request, error.__cause__)
    return envelope(request, ApiError(error.status_code, error.message))


@api.exception_handler(Exception)
def _broken(request, error):
    log.exception("Error of the API", path=request.path)
    return envelope(request, ApiError(500, _("Something broke on our side; send it again.")))


@csrf_exempt
def nowhere(request):
    """The answer where the API has no such address."""
    return envelope(request, ApiError(404, _("There is no such address.")))
