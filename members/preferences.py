"""The language and the theme that people choose for themselves in the user menu."""

from django.core.exceptions import SuspiciousOperation, ValidationError
from django.utils import translation

NAMES = ("language", "theme")


class PreferencesMiddleware:
    """Answer in the language that the person chose; else LocaleMiddleware has asked the browser."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if language := getattr(request.user, "language", ""):
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return self.get_response(request)


def save_preferences(user, chosen):
    """Keep what is there of `language` and `theme` in `chosen`; empty: as browser and system are.

    Raises SuspiciousOperation for what no menu offers.
    """
    names = [name for name in NAMES if name in chosen]
    for name in names:
        setattr(user, name, chosen[name])
    try:
        user.clean_fields(exclude={field.name for field in user._meta.fields} - set(names))
    except ValidationError as error:
        raise SuspiciousOperation(f"No such preference: {error}") from error
    user.save(update_fields=names)
