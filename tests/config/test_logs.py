"""What is logged of an address: not the secret of a link that was emailed."""

import pytest

from config.logs import hide_secrets

SECRET = "MQ:1abc-d9lrm3-0f55a1c2b3d4e5f60718293a4b5c6d7e"


@pytest.mark.parametrize("path", ["invitations", "accounts/password/reset/key", "confirm-email"])
@pytest.mark.parametrize("encoded", [str, lambda text: text.replace("/", "%2F")])
@pytest.mark.parametrize("secret", [SECRET, SECRET.replace(":", "%3A")])
def test_the_secret_of_a_link_is_not_logged(path, encoded, secret):
    line = encoded(f"Not Found: /{path}/{secret}/")
    assert hide_secrets(None, None, line).startswith(encoded(f"Not Found: /{path}/") + "***")
    assert secret not in hide_secrets(None, None, line)


def test_an_address_without_a_secret_is_logged_as_it_is():
    line = "Not Found: /accounts/password/reset/key/done/ /o/acme/settings/api-keys/12/revoke/"
    assert hide_secrets(None, None, line) == line
