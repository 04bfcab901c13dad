"""Who signs in with an email."""

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from .models import User


def user_of(email):
    """Who signs in with `email`: found or made, also when two organizations add them at once.

    Locked, so that nobody erases them meanwhile.
    """
    user, _made = User.objects.select_for_update(no_key=True).get_or_create(
        email=email.lower(), defaults={"password": make_password(None)}
    )
    return user


def account_of(email):
    """The user of `email`: the one who showed that it is theirs, else its own; None without any."""
    shown = EmailAddress.objects.filter(email__iexact=email, verified=True).select_related("user")
    if address := shown.first():
        return address.user
    return User.objects.filter(email=email.lower()).first()


def can_sign_in(user):
    """Whether `user` has a password, or has come in by other means already."""
    return user.has_usable_password() or user.last_login is not None


def has_signed_in(user_id):
    """Asked of the locked user, so that they cannot sign in for the first time meanwhile."""
    return User.objects.select_for_update(no_key=True).get(pk=user_id).last_login is not None


def prove_email(user, email):
    """Note that `email` is theirs; False if somebody else has proved that of it."""
    address, _made = EmailAddress.objects.get_or_create(user=user, email=email.lower())
    if not address.set_verified():
        return False
    if address.email == user.email:
        address.set_as_primary(conditional=True)
    return True
