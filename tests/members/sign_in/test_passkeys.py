"""Passkeys of a device that does as the test says: what opens with one, and what does not."""

import json

import pytest
import time_machine
from fido2 import cbor
from fido2.utils import websafe_encode

from ...pages import words
from ...passkeys import Device
from .conftest import is_signed_in, sign_in

ALONE = "/accounts/2fa/webauthn/login/"
ASKED = "/accounts/2fa/authenticate/"
ADD = "/accounts/2fa/webauthn/add/"
NOT_ACCEPTED = "This passkey was not accepted. Try again, or go another way."


@pytest.fixture
def device(person):
    return Device(person)


def asked_alone(client):
    return client.get(ALONE, headers={"X-Requested-With": "XMLHttpRequest"}).json()[
        "request_options"
    ]


def asked_second(client, person):
    sign_in(client, person.email)
    return client.get(ASKED).context["js_data"]["request_options"]


def test_alone_it_opens_where_the_device_knows_its_owner(client, device):
    client.post(ALONE, {"credential": device.answer(asked_alone(client), verified=True)})
    assert is_signed_in(client)


def test_a_key_that_somebody_found_does_not_open_alone_what_it_opens_as_a_second(client, device):
    """The question of the second step asks for no PIN; the finder answers it once that is over."""
    with time_machine.travel("2026-11-22T10:00Z") as clock:
        asked = asked_second(client, device.user)
        clock.shift(16 * 60)
        sent = {"credential": device.answer(asked, verified=False)}
        page = client.post(ALONE, sent, follow=True)
    assert not is_signed_in(client)
    assert NOT_ACCEPTED in words(page)


def test_after_the_password_a_touch_is_enough(client, device):
    asked = asked_second(client, device.user)
    client.post(ASKED, {"credential": device.answer(asked, verified=False)})
    assert is_signed_in(client)


def test_an_answer_opens_once(client, device):
    sent = {"credential": device.answer(asked_alone(client), verified=True)}
    client.post(ALONE, sent)
    client.post("/accounts/logout/")
    client.post(ALONE, sent)
    assert not is_signed_in(client)


def test_a_passkey_that_fails_in_the_second_step_is_said(client, device):
    asked = asked_second(client, device.user)
    asked["publicKey"]["challenge"] = "AAAA"
    page = client.post(ASKED, {"credential": device.answer(asked, verified=True)})
    assert NOT_ACCEPTED in words(page)
    assert "Codes change every 30 seconds" not in words(page)


UNREADABLE = [b"", b"{}", b"\0" * 37, cbor.encode({}), cbor.encode({"fmt": 5, "authData": b"x"})]


@pytest.mark.parametrize("attestation", UNREADABLE, ids=range(len(UNREADABLE)))
@pytest.mark.parametrize(
    "client_data", [b"", b"{}", b'{"type":"x","challenge":"A","origin":"x"}'], ids=range(3)
)
def test_nothing_that_is_sent_as_a_new_passkey_is_an_error_of_ours(
    their_browser, attestation, client_data
):
    their_browser.get(ADD)
    response = {"clientDataJSON": client_data, "attestationObject": attestation}
    sent = {
        "id": "AAAA",
        "rawId": "AAAA",
        "type": "public-key",
        "response": {name: websafe_encode(value) for name, value in response.items()},
    }
    page = their_browser.post(ADD, {"credential": json.dumps(sent), "name": "Key"})
    assert NOT_ACCEPTED in words(page)
