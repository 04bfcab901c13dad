"""What every request carries: an id through logs, errors and audit, and the words of a refusal."""

import uuid
from contextlib import suppress
from ipaddress import ip_address

import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpResponseServerError
from django.shortcuts import render
from django.urls import resolve
from django.utils.translation import gettext as _

from audit.operations import Refused

from .api import ApiError, envelope

# What no page uses, nor may whoever gets a script into one; passkeys are ours alone.
NOT_USED = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read"),
    *("clipboard-write", "display-capture", "encrypted-media", "fullscreen", "geolocation"),
    *("gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi"),
    *("payment", "picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
OURS_ALONE = ("publickey-credentials-create", "publickey-credentials-get")
PERMISSIONS_POLICY = ", ".join(
    [f"{name}=()" for name in NOT_USED] + [f"{name}=(self)" for name in OURS_ALONE]
)
FAILURE = (settings.BASE_DIR / "templates" / "500.html").read_text()  # where nothing else may work


class RequestIdMiddleware:
    """Give the request an id of our own making and name it in the answer and in the logs."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = uuid.uuid4().hex
        with structlog.contextvars.bound_contextvars(request_id=request.id):
            response = self.get_response(request)
        response["X-Request-Id"] = request.id
        return response


class ProxyMiddleware:
    """Whoever asks has the address that our one proxy saw: the last that it wrote down."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        address = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        with suppress(ValueError):
            request.META["REMOTE_ADDR"] = str(ip_address(address))
        return self.get_response(request)


class PermissionsMiddleware:
    """Say which abilities of a browser no page of ours may use."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        return response


class ApiMiddleware:
    """A request of the API goes straight to its view: a key has no session, no forms and no pages.

    So nobody is signed in there, whatever cookies they send.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not f"{request.path_info}/".startswith("/v1/"):
            return self.get_response(request)
        try:
            request.get_host()
        except DisallowedHost:
            response = envelope(request, ApiError(400, _("Not a host of this server.")))
        else:
            view, arguments, named = request.resolver_match = resolve(request.path_info)
            response = view(request, *arguments, **named)
        response["Content-Length"] = len(response.content)
        return response


class RefusalMiddleware:
    """A rule that refused what no form of the page could show: 409, in words."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, Refused):
            return render(request, "409.html", {"refusal": exception.message}, status=409)
        return None


def failed(request):
    """500: a page that asks for no template and no database, only for the request's id."""
    return HttpResponseServerError(FAILURE.replace("<code></code>", f"<code>{request.id}</code>"))


def too_many(request):
    """429: more of one kind within a minute than ACCOUNT_RATE_LIMITS lets through."""
    page = render(request, "429.html", status=429)
    page["Retry-After"] = "60"
    return page


def form_not_ours(request, reason=""):
    """403 for a form without its token: of a tab left open over another sign-in, say."""
    return render(request, "403_csrf.html", status=403)
