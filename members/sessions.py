"""Where a person is signed in, ended from outside."""

from allauth.usersessions.models import UserSession

from audit.operations import changed, operation


@operation("EndSessions")
def end_sessions(*, actor, member):
    """Sign the person of `member` out of every browser, whatever organization they look at there.

    Returns how many sessions ended.
    """
    ended = sign_out_everywhere(member.user) if member.user else 0
    return changed(member, result=ended, sessions=ended)


def sign_out_everywhere(user):
    """End all sessions of `user`; returns how many still opened something."""
    sessions = UserSession.objects.purge_and_list(user)
    for session in sessions:
        session.end()
    return len(sessions)
