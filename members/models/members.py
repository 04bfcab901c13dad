import pgtrigger
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, Now, Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.arrays import any_of
from members.text import clean_text_constraint, is_number, validate_printable

from .organizations import CreditsField, ExactBigint, Organization, not_both_limits
from .users import User

USER_KEY = "user-"
WORDS = Func(  # searched as one text
    *("name", Value("\n"), "email"),
    arg_joiner=" || ",
    output_field=models.TextField(),
    template="(%(expressions)s)",
)


def member_of_key(key):
    """The id of the member whose `user_key` this is; None if it cannot be one."""
    number = key.removeprefix(USER_KEY)
    return int(number) if key.startswith(USER_KEY) and is_number(number) else None


class BillingGroupKey(Func):
    """What the foreign key to a billing group compares beside ids; two columns of it Django knows.

    Asked for all of them, the planner knows that each member has one billing group; of some, it
    takes members who have one for rare, and joins all where a page needs a few.
    """

    arity = 2
    output_field = models.BooleanField()

    def as_sql(self, compiler, connection):
        member, group = (
            compiler.quote_name_unless_alias(column.alias) for column in self.source_expressions
        )
        is_same = f"{member}.organization_id = {group}.organization_id"
        return f"({is_same} AND {member}.is_in_alive_group = {group}.is_alive)", []


class MemberQuerySet(models.QuerySet):
    def enabled(self):
        return self.filter(status=Member.Status.ENABLED)

    def disabled(self):
        return self.filter(status=Member.Status.DISABLED)

    def present(self):
        """Enabled and disabled members, not the removed ones."""
        return self.exclude(status=Member.Status.DELETED)

    def admins(self):
        return self.enabled().filter(role=Member.Role.ADMIN)

    def by_organization(self):
        """The same members with their organizations, in the order of those."""
        return self.select_related("organization").order_by(Lower("organization__name"), "pk")

    def matching(self, text):
        """Members whose name or email contains `text`, ignoring case."""
        return self.alias(words=WORDS).filter(words__icontains=text) if text else self

    def with_billing_group(self):
        """Join the billing group by the whole key, so that no other organization's are read."""
        key = BillingGroupKey("organization", "billing_group__organization")
        return self.select_related("billing_group").filter(key)

    def in_group(self, group):
        """Members of `group`, found by the whole key, so that no other members are read."""
        same = Q(memberships__organization=F("organization"))
        return self.filter(same, memberships__group=group)

    def among(self, ids):
        """The members of `ids`, a list: quick with thousands of them."""
        return self.filter(any_of("pk", ids))

    def named_in_api(self, key):
        """The member of an address's id; none where it cannot be one."""
        return self.filter(pk=key) if is_number(key) else self.none()

    def held(self):
        """Lock the same members, in id order; returns {id: id of the billing group}.

        They are looked for until nobody else is found: what a lock waited for may have changed who
        they are without their rows, such as the limit of their billing group.
        """
        rows = self.order_by("pk").select_for_update(no_key=True, of=("self",))
        locked, found = set(), dict(rows.values_list("pk", "billing_group"))
        while not locked.issuperset(found):
            locked.update(found)
            found = dict(rows.values_list("pk", "billing_group"))
        return found


class Member(models.Model):
    class Role(models.TextChoices):
        ADMIN = "org_admin", _("Admin")
        MEMBER = "org_member", _("Member")

    class Status(models.TextChoices):
        ENABLED = "ENABLED", _("Active")
        DISABLED = "DISABLED", _("Disabled")
        DELETED = "DELETED", _("Removed")

    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        related_name="members",
        db_index=False,
        verbose_name=_("organization"),
    )
    user = models.ForeignKey(
        User, models.PROTECT, related_name="memberships", null=True, verbose_name=_("user")
    )
    name = models.CharField(
        pgettext_lazy("of a person", "name"), max_length=100, validators=[validate_printable]
    )
    email = models.EmailField(_("email"), max_length=254, validators=[validate_printable])
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.MEMBER)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ENABLED)
    personal_limit = CreditsField(_("personal usage limit"), null=True, blank=True)
    is_unlimited = models.BooleanField(_("unlimited"), default=False)
    billing_group = models.ForeignKey(
        "billing.BillingGroup",
        models.PROTECT,
        related_name="members",
        db_constraint=False,
        db_index=False,
        verbose_name=_("billing group"),
    )
    assigned_at = models.DateTimeField(  # stamped by a trigger whenever billing_group changes
        _("assigned"), db_default=Now(), editable=False
    )
    joined_at = models.DateTimeField(_("joined"), db_default=Now(), editable=False)
    deleted_at = models.DateTimeField(_("removed"), null=True, blank=True, editable=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            *clean_text_constraint("member", "name", "email"),
            models.UniqueConstraint("organization", "id", name="member_of_organization"),
            models.UniqueConstraint(
                "organization",
                Lower("email"),
                name="member_email_once_per_organization",
                violation_error_message=_("A member with this email already exists."),
            ),
            models.UniqueConstraint(
                "organization",
                "user",
                name="member_once_per_organization",
                violation_error_message=_("This person is already a member."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="member_name_required"),
            models.CheckConstraint(
                condition=Q(role__in=["org_admin", "org_member"]), name="member_role_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["ENABLED", "DISABLED"], deleted_at=None)
                | Q(status="DELETED", deleted_at__isnull=False),
                name="member_status_known",
            ),
            models.CheckConstraint(
                condition=Q(personal_limit__gte=0), name="personal_limit_not_negative"
            ),
            models.CheckConstraint(
                condition=not_both_limits("personal_limit", "is_unlimited"),
                name="personal_limit_or_unlimited",
            ),
        ]
        indexes = [
            models.Index(  # what else is asked of whom it finds: pages and counts read it alone
                *("organization", Lower("name"), "id"),
                condition=~Q(status="DELETED"),
                include=["name"],
                name="member_by_name",
            ),
            models.Index(
                fields=["organization", "id"],
                condition=~Q(status="DELETED"),
                name="present_member",
            ),
            models.Index(
                *("organization", Lower("name"), "id"),
                condition=Q(role="org_admin"),
                name="admin_by_name",
            ),
            models.Index(
                *("organization", "status", Lower("name"), "id"),
                condition=Q(status__in=["DISABLED", "DELETED"]),
                name="member_not_enabled_by_name",
            ),
            models.Index(
                fields=["billing_group", "organization", "id"],
                include=["status"],
                name="member_by_billing_group",
            ),
            GinIndex(
                "organization",
                OpClass(Upper(WORDS), "gin_trgm_ops"),
                name="member_search",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="stays_in_organization", fields=["organization"]),
        ]

    def __str__(self):
        return self.name

    @property
    def user_key(self):
        """The person's `userId` in the API: another one in each organization, so none can tell."""
        return f"{USER_KEY}{self.pk}"

    @property
    def is_admin(self):
        return self.role == self.Role.ADMIN and self.status == self.Status.ENABLED

    @property
    def erased_identity(self):
        """The name and email of one whose own were erased."""
        return f"Erased {self.pk}", f"erased-{self.pk}@erased.invalid"

    @property
    def is_erased(self):
        return (self.name, self.email) == self.erased_identity


Member._meta.get_field("organization").register_lookup(ExactBigint)  # for member_search
