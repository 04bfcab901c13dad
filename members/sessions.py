"""Where a person is signed in, ended from outside."""

from allauth.usersessions.models import UserSession

from audit.operations import changed, operation


@operation("EndSessions")
def end_sessions(*, actor, member):
    """Sign the person of `member` out of every browser, whatever organization they look at there.

    Returns how many sessions ended.
    """
    sessions = list(UserSession.objects.filter(user=member.user_id)) if member.user_id else []
    for session in sessions:
        session.end()
    return changed(member, result=len(sessions), sessions=len(sessions))
