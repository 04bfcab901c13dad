from . import keys, members, organizations  # noqa: F401
