from . import invitations, keys, members, organizations  # noqa: F401
