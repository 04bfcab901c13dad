from .imports import ImportLine, MemberImport
from .invitations import OPEN_FOR, Invitation, InvitationGroup
from .keys import ApiKey, digest_of
from .members import Member, member_of_key
from .organizations import (
    CreditsField,
    ExactBigint,
    Organization,
    not_both_limits,
    validate_time_zone,
)
from .users import User

__all__ = [
    "ApiKey",
    "CreditsField",
    "ExactBigint",
    "ImportLine",
    "Invitation",
    "InvitationGroup",
    "Member",
    "MemberImport",
    "OPEN_FOR",
    "Organization",
    "User",
    "digest_of",
    "member_of_key",
    "not_both_limits",
    "validate_time_zone",
]
