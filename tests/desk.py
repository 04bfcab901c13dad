"""Django's admin as support staff have it."""

from django.test import Client
from django.urls import reverse

from audit.models import AuditEntry

from .factories import UserFactory


class Desk(Client):
    """A browser in which somebody of support is signed in."""

    def __init__(self, **user):
        super().__init__(raise_request_exception=False)
        self.user = UserFactory(**{"is_staff": True, **user})
        self.force_login(self.user)

    def list(self, model, **asked):
        return self.get(address(model, "changelist"), asked)

    def found(self, model, **asked):
        """What the list of the `model` records shows when asked so."""
        response = self.list(model, **asked)
        assert response.status_code == 200, asked
        return list(response.context["cl"].result_list)

    def look(self, record):
        return self.get(address(record, "change", record.pk))

    def do(self, verb, record, **typed):
        """Send the form of a verb, as the page gave it, with what was typed."""
        at = address(record, verb, record.pk)
        response = self.post(at, {**hidden(self.get(at)), **typed})
        record.refresh_from_db()
        return response


def address(model, page, *ids):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=ids)


def hidden(page):
    """What the form of a page sends without being seen."""
    fields = page.context["form"].hidden_fields()
    return {field.html_name: field.value() or "" for field in fields}


def left(desk):
    """The entries that the acts of `desk` left, oldest first: event and outcome."""
    entries = AuditEntry.objects.filter(actor_kind="support", actor_id=str(desk.user.pk))
    assert all(entry.address == "127.0.0.1" and entry.request_id for entry in entries)
    return list(entries.order_by("pk").values_list("event", "outcome"))
